import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.h2.mvstore.MVStore;

/** java Launcher PORT WIRE-VERSION [FILE]: a server on 127.0.0.1 whose data lie in FILE, or in memory. Says "ready PORT", ends with its standard input. */
public class Launcher {
  public static void main(String[] arguments) throws Exception {
    int wireVersion = Integer.parseInt(arguments[1]);
    MongoVersion version = new MongoVersion() {
      public List<Integer> getVersionArray() { return List.of(5, 0, 0); }
      public int getWireVersion() { return wireVersion; }
    };
    MongoBackend backend = arguments.length > 2 ? durable(arguments[2], version) : new MemoryBackend().version(version);
    MongoServer server = new MongoServer(backend);
    server.bind("127.0.0.1", Integer.parseInt(arguments[0]));
    System.out.println("ready " + server.getLocalAddress().getPort());
    while (System.in.read() >= 0) { }
    Runtime.getRuntime().halt(0);
  }

  /** By itself H2 saves now and then, in the middle of a command too. Here, as on a journaled server, a command is on disk before its answer, or not at all. */
  private static MongoBackend durable(String file, MongoVersion version) {
    H2Backend h2 = new H2Backend(new MVStore.Builder().fileName(file).autoCommitDisabled().autoCommitBufferSize(0).open());
    h2.version(version);
    return (MongoBackend) Proxy.newProxyInstance(Launcher.class.getClassLoader(), new Class<?>[] {MongoBackend.class}, (proxy, method, given) -> {
      if (!method.getName().startsWith("handle")) return method.invoke(h2, given);
      synchronized (h2) {
        try {
          return method.invoke(h2, given);
        } catch (InvocationTargetException error) {
          throw error.getCause();
        } finally {
          h2.commit();
        }
      }
    });
  }
}
