// An SMTP server that keeps what it is sent. Its only argument is JSON: folder, key, cert, user, password, implicit (TLS from the first byte).
// Prints its port. Each mail becomes <number>.json in the folder, each refused log-in a line in refused.txt. Ends when its standard input does.
import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";

const given = JSON.parse(process.argv[2]);
let mails = 0;

const server = new SMTPServer({
  name: "localhost",
  secure: given.implicit,
  key: readFileSync(given.key),
  cert: readFileSync(given.cert),
  minVersion: "TLSv1.2",
  authMethods: ["PLAIN", "LOGIN"],
  disableReverseLookup: true,
  logger: false,
  onAuth(shown, session, done) {
    if (session.secure && shown.username === given.user && shown.password === given.password) return done(null, { user: shown.username });
    appendFileSync(join(given.folder, "refused.txt"), `${shown.username}\n`);
    done(new Error("Invalid username or password"));
  },
  onData(stream, session, done) {
    const pieces = [];
    stream.on("data", (piece) => pieces.push(piece));
    stream.on("end", () => {
      const name = join(given.folder, String(++mails));
      writeFileSync(`${name}.part`, JSON.stringify({
        user: session.user,
        encrypted: session.secure,
        sender: session.envelope.mailFrom.address,
        recipients: session.envelope.rcptTo.map((each) => each.address),
        content: Buffer.concat(pieces).toString("latin1"),
      }));
      renameSync(`${name}.part`, `${name}.json`); // whoever looks sees all of it
      done();
    });
  },
});
server.on("error", (failure) => console.error(failure.message)); // a client that breaks off
server.listen(0, "127.0.0.1", () => console.log(server.server.address().port));
process.stdin.resume().on("end", () => process.exit(0));
