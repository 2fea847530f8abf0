// A mail server of npm (smtp-server) on loopback, with STARTTLS and with TLS from the first byte; a
// token server and a receiver of webhooks beside it; and a proxy that cuts connections. Prints what
// happens as JSON Lines; /control?cut=N has the proxy cut before the N-th piece of each connection
// (none: cut=-1), /control?cut=answer before the answer to a message that has arrived.
// usage: node server.mjs KEY CERTIFICATE WEBHOOK_SECRET
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';

const [key, cert] = process.argv.slice(2, 4).map((path) => fs.readFileSync(path));
const webhook = new Webhook(process.argv[4]);
const say = (event) => process.stdout.write(JSON.stringify(event) + '\n');
const refuse = (code, text) => Object.assign(new Error(text), { responseCode: code });

let tokens = 0;
let arrived = 0;
let valid = new Set();

const options = {
  key,
  cert,
  minVersion: 'TLSv1.2',
  size: 10_000_000,
  authMethods: ['PLAIN', 'LOGIN', 'XOAUTH2'],
  onAuth(auth, session, done) {
    say({ event: 'auth', method: auth.method, user: auth.username, secure: session.secure });
    if (auth.username === 'later') return done(refuse(454, '4.7.0 directory down'));
    if (auth.method === 'XOAUTH2') {
      return valid.has(auth.accessToken)
        ? done(null, { user: auth.username })
        : done(null, { data: { status: '401', schemes: 'bearer' } });
    }
    return auth.username === 'watch' && auth.password === 'not-a-real-secret'
      ? done(null, { user: auth.username })
      : done(refuse(535, '5.7.8 wrong'));
  },
  onRcptTo(address, session, done) {
    const who = address.address.split('@')[0];
    if (who === 'gone') return done(refuse(550, '5.1.1 no such user'));
    if (who === 'busy') return done(refuse(450, '4.2.0 come back later'));
    return done();
  },
  onData(stream, session, done) {
    const who = session.envelope.rcptTo[0].address.split('@')[0];
    simpleParser(stream).then((mail) => {
      if (who === 'spam') return done(refuse(554, '5.7.1 looks like spam'));
      if (who === 'full') return done(refuse(452, '4.2.2 mailbox full'));
      ++arrived;
      say({
        event: 'mail',
        from: session.envelope.mailFrom.address,
        to: session.envelope.rcptTo.map((one) => one.address),
        size: Number(session.envelope.mailFrom.args.SIZE),
        subject: mail.subject,
        id: mail.messageId,
        text: mail.text,
        html: Boolean(mail.html),
      });
      return done(null, 'taken');
    }).catch(() => {}); // Cut before its end.
  },
};

function listen(server) {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
async function smtp(more) {
  const server = new SMTPServer({ ...options, ...more });
  server.on('error', () => {}); // Cut connections; the client's view of them is what is tested.
  await listen(server);
  return server.server.address().port;
}

const starttls = await smtp({});
const implicit = await smtp({ secure: true });
const small = await smtp({ size: 1000 });
const hidden = await smtp({ size: 1000, hideSize: true, onData(stream, session, done) {
  stream.resume();
  stream.on('end', () => done(stream.sizeExceeded ? refuse(552, '5.3.4 too big') : null));
} });
const plain = await smtp({ hideSTARTTLS: true });
const passwords = await smtp({ authMethods: ['PLAIN', 'LOGIN'] });

let cut = -1;
let cutAnswer = false;
const proxy = await listen(net.createServer((client) => {
  const limit = cut;
  const arrivedBefore = arrived;
  let pieces = 0;
  const server = net.connect(starttls, '127.0.0.1');
  const end = () => {
    client.destroy();
    server.destroy();
  };
  const pass = (to) => (piece) => {
    const isAnswer = cutAnswer && to === client && arrived > arrivedBefore;
    if (isAnswer || (limit >= 0 && pieces++ >= limit)) {
      end();
    } else {
      to.write(piece);
    }
  };
  client.on('data', pass(server)).on('error', end).on('close', end);
  server.on('data', pass(client)).on('error', end).on('close', end);
  if (limit === 0) end();
}));

const web = await listen(http.createServer((request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece)).on('end', () => {
    const body = Buffer.concat(pieces).toString();
    const answer = (status, value) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname === '/control') {
      if (url.searchParams.has('cut')) {
        cutAnswer = url.searchParams.get('cut') === 'answer';
        cut = cutAnswer ? -1 : Number(url.searchParams.get('cut'));
      }
      if (url.searchParams.has('withdraw')) valid = new Set();
      return answer(200, {});
    }
    if (url.pathname === '/token') {
      const form = Object.fromEntries(new URLSearchParams(body));
      say({ event: 'token', ...form });
      if (form.client_secret === 'wrong') {
        return answer(401, { error: 'invalid_client', error_description: 'AADSTS7000215: wrong' });
      }
      const token = `token-${++tokens}`;
      valid.add(token);
      return answer(200, { token_type: 'Bearer', expires_in: 3599, access_token: token,
                           refresh_token: form.refresh_token && `${form.refresh_token}+` });
    }
    if (url.pathname === '/hook') {
      try {
        const heard = webhook.verify(body, request.headers);
        say({ event: 'hook', id: request.headers['webhook-id'], ...heard });
        return answer(200, {});
      } catch (error) {
        say({ event: 'forged', error: String(error) });
        return answer(401, {});
      }
    }
    return answer(503, {});
  });
}));

say({ event: 'ready', starttls, implicit, small, hidden, plain, passwords,
      proxy: proxy.address().port, web: web.address().port });
