import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;

/** java Launcher PORT WIRE-VERSION [FILE]: a server on 127.0.0.1 whose data lie in FILE, or in memory. Says "ready PORT", ends with its standard input. */
public class Launcher {
  public static void main(String[] arguments) throws Exception {
    int wireVersion = Integer.parseInt(arguments[1]);
    MongoVersion version = new MongoVersion() {
      public List<Integer> getVersionArray() { return List.of(5, 0, 0); }
      public int getWireVersion() { return wireVersion; }
    };
    MongoBackend backend = arguments.length > 2 ? durable(new H2Backend(arguments[2]), version) : new MemoryBackend().version(version);
    MongoServer server = new MongoServer(backend);
    server.bind("127.0.0.1", Integer.parseInt(arguments[0]));
    System.out.println("ready " + server.getLocalAddress().getPort());
    while (System.in.read() >= 0) { }
    server.shutdownNow();
  }

  /** H2 commits once a second by itself: here, as a journaled server does, before each answer. */
  private static MongoBackend durable(H2Backend h2, MongoVersion version) {
    h2.version(version);
    return (MongoBackend) Proxy.newProxyInstance(Launcher.class.getClassLoader(), new Class<?>[] {MongoBackend.class}, (proxy, method, given) -> {
      try {
        Object answer = method.invoke(h2, given);
        if (method.getName().startsWith("handle")) h2.commit();
        return answer;
      } catch (InvocationTargetException error) {
        throw error.getCause();
      }
    });
  }
}
