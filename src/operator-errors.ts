/** What the command line, the start and `/ready` say beside the errors of HTTP: for whoever runs it. Codes are never reused. */
export interface OperatorError {
  readonly meaning: string
  readonly next: string
}

const entry = (meaning: string, next: string): OperatorError => ({ meaning, next })

const LOOK = 'Read the sentence behind the code; start the server again.'

export const operatorErrors = {
  usage: entry('The command line is wrong (exit code 2).', 'Run `counterfoil --help`.'),
  invalid_configuration: entry('A setting cannot be used.', 'Correct the one named: README.md, Configuration.'),
  cannot_listen: entry('The port or the host is not to be had.', 'Name others, or stop the program that has them.'),
  store_locked: entry('Another process writes this file.', 'Stop it, or name another data folder.'),
  store_unreadable: entry('The event store cannot be opened.', 'Check the path, its rights and the program version.'),
  retention_set: entry(
    'Somebody told the event store to forget events of an account; nothing behind that is read.',
    "Take the setting out of the stream's metadata, make sure that nothing is gone, and start again.",
  ),
  behind: entry('The views have not caught up with the log.', 'Wait; if it does not shrink, look at the disk.'),
  projector_away: entry(
    'The log grows and nobody folds the views: no projector is alive, or what it does has stopped.',
    'Start a projector; if one runs, read its /ready.',
  ),
  view_checkpoint_mismatch: entry('The views were made from another log.', 'Run `counterfoil rebuild`.'),
  newer_views: entry(
    'A newer version of the program makes these views; this one leaves them alone.',
    'Upgrade it; or, to go back, run `counterfoil rebuild`.',
  ),
  views_full: entry('There is no space for the views; events are safe.', 'Make space; it goes on by itself.'),
  views_failed: entry(
    'The views cannot be written; events are safe.',
    'Read the sentence behind the code; it tries again by itself.',
  ),
  views_address_invalid: entry(
    'The connection string of the views is not one of MongoDB.',
    'Write mongodb://user:password@host:27017/database, with special characters percent-encoded.',
  ),
  views_denied: entry(
    'The MongoDB server of the views refuses us.',
    'Correct user, password and authSource, or grant readWrite on the database.',
  ),
  views_not_writable: entry(
    'No MongoDB server of the views is a writable primary; events are safe.',
    'Wait for an election, or name all members and the replica set in the connection string.',
  ),
  views_server_too_old: entry('The MongoDB server of the views is older than 4.4.', 'Upgrade it.'),
  view_build_gone: entry(
    'The build of the views that this process writes was dropped by another one.',
    'It goes on with the live build by itself; run a rebuild again that ended so. Events are safe.',
  ),
  secrets_full: entry('There is no space for the secrets; nothing was stored.', 'Make space; it goes on by itself.'),
  secrets_failed: entry(
    'The store of the secrets cannot be opened, read or written.',
    'Read the sentence behind the code; look at the disk or the server; restore a backup where the file is damaged.',
  ),
  secrets_address_invalid: entry(
    'The connection string of the secrets is not one of MongoDB.',
    'Write mongodb://user:password@host:27017/database, with special characters percent-encoded.',
  ),
  secrets_denied: entry(
    'The MongoDB server of the secrets refuses us.',
    'Correct user, password and authSource, or grant readWrite on the database.',
  ),
  secrets_not_writable: entry(
    'No MongoDB server of the secrets is a writable primary.',
    'Wait for an election, or name all members and the replica set in the connection string.',
  ),
  secrets_server_too_old: entry('The MongoDB server of the secrets is older than 4.4.', 'Upgrade it.'),
  secrets_no_old_key: entry(
    'A rotation was asked for without any old key; the store was not opened.',
    'Give the command the very settings of the servers, COUNTERFOIL_SECRETS_OLD_KEYS among them.',
  ),
  secrets_left: entry(
    'After a rotation some secrets are under another key than the current one all the same.',
    'Do not remove the old keys; mend what is named, and run `counterfoil secrets rotate` again.',
  ),
  consumer_failed: entry("The write model's file cannot be written; events are safe.", LOOK),
  projector_failed: entry('The projecting thread has ended; events are safe.', LOOK),
  rebuild_failed: entry('The rebuild could not be finished; the live views are as they were.', 'Run it again.'),
  interrupted: entry('The server went away during a rebuild; the live views are as they were.', 'Run it again.'),
  copy_differs: entry(
    'The source and the target of a copy are not one log; nothing was overwritten.',
    'Name an empty target, or the one that an earlier copy began; let nobody write to either.',
  ),
  copy_interrupted: entry('A copy was broken off; what is copied stays.', 'Run the same command again: it goes on.'),
  gateway_unknown: entry(
    "The card gateway's answer to its last call is not known.",
    'Look at the network and at the gateway; what may have been charged is asked about by itself.',
  ),
  server_not_running: entry('This is done by the running server, and none answers.', 'Start it.'),
  catalogue_file_invalid: entry(
    'The catalogue file cannot be read, or the ledger would refuse what it holds; nothing was written.',
    'Correct what is named.',
  ),
  settling_interrupted: entry(
    'The server went away while it asked the card gateway; what is written is written.',
    'Run it again.',
  ),
  renewal_interrupted: entry(
    'The server went away during a run of renewals; what was charged is charged.',
    'Run it again.',
  ),
} satisfies Record<string, OperatorError>
