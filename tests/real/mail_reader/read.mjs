// Prints what npm's mailparser reads in each mail given, one JSON line a mail.
import { readFileSync } from "node:fs";
import { simpleParser } from "mailparser";

for (const file of process.argv.slice(2)) {
  const mail = await simpleParser(readFileSync(file), { skipTextToHtml: true });
  const line = {
    file,
    subject: mail.subject,
    from: mail.from.value.map((one) => one.address),
    to: mail.to.value.map((one) => one.address),
    copies: [mail.cc, mail.bcc].filter(Boolean).length,
    messageId: mail.messageId,
    headers: mail.headerLines.map((one) => one.key),
    attachments: mail.attachments.length,
    text: mail.text,
    html: mail.html,
  };
  process.stdout.write(JSON.stringify(line) + "\n");
}
