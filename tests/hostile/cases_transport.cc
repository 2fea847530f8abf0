// Slow, endless and malformed answers, and broken TLS.
#include <chrono>

#include "tests/hostile/cases.h"

namespace schoolwatch::hostile {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kPlainType = "Content-Type: text/html\r\n";

// What stands between "HTTP/1.1 200 OK" and the end of an answer.
Script Raw(std::string_view fields, std::string_view body) {
  return Header(fields) + Say(std::string(body));
}

Script Chunked(std::string_view chunks) {
  return Raw("Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n", chunks);
}

void AddSlow(std::vector<Case>& cases) {
  cases.push_back(
      {.name = "slowloris-header",
       .does = "one byte of the header every 300 ms, for ever",
       .site = Always(Say("HTTP/1.1 200 OK\r\nX-Slow: ") + SayForEver("x", milliseconds(300))),
       .outcome = Outcome::kFailed,
       .words = "too slow"});
  cases.push_back({.name = "slow-body",
                   .does = "20 bytes of the body a second, for ever",
                   .site = Always(Header(kPlainType) + SayForEver("slow", milliseconds(200))),
                   .outcome = Outcome::kFailed,
                   .words = "too slow"});
  cases.push_back(
      {.name = "trickle",
       .does = "500 bytes a second, just above the limit, for ever",
       .site = Always(Header(kPlainType) + SayForEver(Repeat("trickle! ", 11), milliseconds(200))),
       .outcome = Outcome::kFailed,
       .words = "no whole answer within"});
  cases.push_back({.name = "silent",
                   .does = "takes the request and never answers",
                   .site = Always(Hang()),
                   .outcome = Outcome::kFailed,
                   .words = "too slow"});
  cases.push_back({.name = "hangs-in-the-body",
                   .does = "a length of 1,000, ten bytes, and silence",
                   .site = Always(Raw("Content-Length: 1000\r\n", "ten bytes!") + Hang()),
                   .outcome = Outcome::kFailed,
                   .words = "too slow"});
  cases.push_back({.name = "closed-port",
                   .does = "nobody listens",
                   .site = Always({}),
                   .outcome = Outcome::kRefused,
                   .words = "host unreachable: robots.txt could not be read",
                   .opening = Opening::kNobody});
  cases.push_back({.name = "says-nothing",
                   .does = "closes without an answer",
                   .site = Always({}),
                   .outcome = Outcome::kFailed,
                   .words = "without an answer"});
}

void AddEndless(std::vector<Case>& cases) {
  // Many at once: each may be cut at its own limit, and all together must stay within the memory.
  for (int i = 0; i < 8; ++i) {
    cases.push_back(
        {.name = "endless-body-" + std::to_string(i),
         .does = "a body without length that never ends",
         .site = Always(Header(kPlainType) + SayForEver(Repeat("<p>endless body</p>\n", 3000))),
         .outcome = Outcome::kRead,
         .keys = "reader: html",
         .note = "only its beginning was read"});
  }
  cases.push_back({.name = "200-mb-without-length",
                   .does = "a feed whose first item matters, then 200 MB of items",
                   .site = Always(Header("Content-Type: application/rss+xml\r\n") +
                                  Say(ConcernFeed("200-mb", "<!--")) +
                                  SayTimes(Repeat("padding ", 16'384), 1600)),
                   .outcome = Outcome::kReported,
                   .note = "only its beginning was read"});
  cases.push_back(
      {.name = "200-mb-with-length",
       .does = "a Content-Length of 200 MB, and as many bytes",
       .site = Always(Header("Content-Type: text/html\r\nContent-Length: 209715200\r\n") +
                      SayTimes(Repeat("padding ", 16'384), 1600)),
       .outcome = Outcome::kRead,
       .note = "only its beginning was read"});
  cases.push_back(
      {.name = "one-line-of-50-mb",
       .does = "50 MB of text without a line end or a tag",
       .site = Always(Header("Content-Type: text/html\r\nContent-Length: 52428800\r\n") +
                      SayTimes(Repeat("onelongline", 95'326) + "ab", 50)),
       .outcome = Outcome::kRead,
       .note = "only its beginning was read"});
  cases.push_back({.name = "endless-chunks-of-one-byte",
                   .does = "chunked, one byte a chunk, for ever",
                   .site = Always(Header("Transfer-Encoding: chunked\r\n") +
                                  SayForEver(Repeat("1\r\nx\r\n", 4000))),
                   .outcome = Outcome::kRead,
                   .note = "only its beginning was read"});
}

void AddLengths(std::vector<Case>& cases) {
  cases.push_back({.name = "length-too-long",
                   .does = "a length of 1,000 and ten bytes",
                   .site = Always(Raw("Content-Length: 1000\r\n", "ten bytes!")),
                   .outcome = Outcome::kFailed,
                   .words = "ended early"});
  cases.push_back({.name = "length-too-short",
                   .does = "a length of 20, then more",
                   .site = Always(Raw("Content-Type: text/html\r\nContent-Length: 20\r\n",
                                      "<p>twenty bytes.</p>HTTP/1.1 200 OK\r\n\r\nsmuggled"))});
  cases.push_back({.name = "length-negative",
                   .does = "a length of -5",
                   .site = Always(Raw("Content-Length: -5\r\n", "hello")),
                   .outcome = Outcome::kFailed,
                   .words = "Content-Length"});
  cases.push_back({.name = "length-twice",
                   .does = "two lengths that differ",
                   .site = Always(Raw("Content-Length: 5\r\nContent-Length: 500\r\n", "hello")),
                   .outcome = Outcome::kFailed,
                   .words = ""});
  cases.push_back({.name = "length-no-number",
                   .does = "a length in words",
                   .site = Always(Raw("Content-Length: five\r\n", "hello")),
                   .outcome = Outcome::kFailed,
                   .words = ""});
  cases.push_back({.name = "length-overflow",
                   .does = "a length beyond 64 bits, which counts as none",
                   .site = Always(Raw("Content-Length: 99999999999999999999999\r\n", "hello"))});
  cases.push_back({.name = "length-and-chunks",
                   .does = "a length and chunks that say otherwise",
                   .site = Always(Raw("Content-Type: text/html\r\nContent-Length: 3\r\n"
                                      "Transfer-Encoding: chunked\r\n",
                                      "5\r\nhello\r\n0\r\n\r\n"))});
}

void AddChunks(std::vector<Case>& cases) {
  const auto add = [&cases](std::string name, std::string does, std::string_view chunks,
                            Outcome outcome = Outcome::kFailed, std::string words = "") {
    cases.push_back({.name = std::move(name),
                     .does = std::move(does),
                     .site = Always(Chunked(chunks)),
                     .outcome = outcome,
                     .words = std::move(words)});
  };
  add("chunk-size-no-number", "a chunk size in words", "five\r\nhello\r\n0\r\n\r\n");
  add("chunk-size-negative", "a chunk size of -1", "-1\r\nhello\r\n0\r\n\r\n");
  add("chunk-size-huge", "a chunk size beyond 64 bits", Repeat("f", 40) + "\r\nhello\r\n0\r\n\r\n");
  add("chunk-size-lies", "a chunk of 2^62 bytes that has five", "4000000000000000\r\nhello");
  add("chunk-unfinished", "no last chunk", "5\r\nhello\r\n", Outcome::kFailed);
  add("chunk-no-line-end", "chunks that run into each other", "5\r\nhello5\r\nhello0\r\n\r\n");
  add("chunk-extension", "a chunk extension of 1 MB",
      "5;x=" + Repeat("y", 1'000'000) + "\r\nhello\r\n0\r\n\r\n", Outcome::kRead);
  cases.push_back({.name = "chunk-endless-extension",
                   .does = "a chunk extension that never ends",
                   .site = Always(Chunked("5;x=") + SayForEver(Repeat("y", 60'000))),
                   .outcome = Outcome::kFailed,
                   .words = ""});
  cases.push_back(
      {.name = "chunk-endless-trailer",
       .does = "trailer fields for ever",
       .site = Always(Chunked("5\r\nhello\r\n0\r\n") + SayForEver(Repeat("X-Trailer: x\r\n", 100))),
       .outcome = Outcome::kFailed,
       .words = "the header has more than 200 fields"});
}

void AddHeaders(std::vector<Case>& cases) {
  const auto fails = [&cases](std::string name, std::string does, Script script,
                              std::string words) {
    cases.push_back({.name = std::move(name),
                     .does = std::move(does),
                     .site = Always(std::move(script)),
                     .outcome = Outcome::kFailed,
                     .words = std::move(words)});
  };
  const auto reads = [&cases](std::string name, std::string does, Script script) {
    cases.push_back(
        {.name = std::move(name), .does = std::move(does), .site = Always(std::move(script))});
  };
  fails("header-count", "10,000 fields", Header(Repeat("X-Field: 1\r\n", 10'000)),
        "more than 200 fields");
  fails("header-size", "fields of 1 MB together",
        Header(Repeat("X-Field: " + Repeat("y", 10'000) + "\r\n", 100)), "larger than 64 KB");
  fails("header-line-of-1-mb", "one field of 1 MB", Header("X: " + Repeat("y", 1'000'000) + "\r\n"),
        "");
  fails("header-endless", "fields for ever",
        Say("HTTP/1.1 200 OK\r\n") + SayForEver(Repeat("X-Field: 1\r\n", 100)),
        "more than 200 fields");
  fails("header-endless-line", "one line for ever",
        Say("HTTP/1.1 200 OK\r\nX-Field: ") + SayForEver(Repeat("y", 10'000)), "");
  fails("header-1000-cookies", "1,000 cookies",
        Header(Repeat("Set-Cookie: a=b; Domain=.example\r\n", 1000)), "more than 200 fields");
  fails("header-unfinished", "closes within the header", Say("HTTP/1.1 200 OK\r\nContent-Ty"),
        "header ended early");
  fails("header-nul", "a NUL in a field",
        Header(std::string("X-Field: a\0b\r\n", 14) + std::string(kPlainType)), "");
  fails("header-no-colon", "a line that is no field", Header("this is no field\r\n"), "not HTTP");
  reads("header-bare-cr", "a CR within a field, as if it ended there",
        Raw("X-Field: a\rX-Evil: b\r\nContent-Type: text/html\r\nContent-Length: 5\r\n", "hello"));
  reads("header-bare-lf", "lines that end with LF alone",
        Say("HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 5\n\nhello"));
  reads(
      "header-folded", "a folded field",
      Raw("X-Field: a\r\n b\r\n\tc\r\nContent-Type: text/html\r\nContent-Length: 5\r\n", "hello"));
  reads(
      "header-escape-codes", "terminal escape codes and bytes over 127 in a field",
      Raw("X-Field: \x1b[2J\xff\xfe\r\nContent-Type: text/html\r\nContent-Length: 5\r\n", "hello"));
  reads("header-cookies", "50 cookies that come with every page",
        Answer(200,
               Repeat("Set-Cookie: track=me; Max-Age=99999999\r\n", 50) +
                   "Content-Type: text/html\r\n",
               "<p>hello"));
  reads("header-validators", "an ETag of 30 KB and a Last-Modified that is none",
        Answer(200,
               "ETag: \"" + Repeat("e", 30'000) +
                   "\"\r\nLast-Modified: never\r\nContent-Type: text/html\r\n",
               "<p>hello"));
  reads("header-hints", "absurd hints about when to come again",
        Answer(200,
               "Cache-Control: max-age=99999999999999999999, max-age=-1, =, \"\r\nAge: -7\r\n"
               "Expires: Tue, 99 Foo 99999 99:99:99 GMT\r\nContent-Type: text/html\r\n",
               "<p>hello"));
}

void AddStatuses(std::vector<Case>& cases) {
  const auto fails = [&cases](std::string name, std::string does, std::string bytes,
                              std::string words) {
    cases.push_back({.name = std::move(name),
                     .does = std::move(does),
                     .site = Always(Say(std::move(bytes))),
                     .outcome = Outcome::kFailed,
                     .words = std::move(words)});
  };
  fails("status-garbage", "bytes that are no HTTP", Repeat("\xff\x00\x07garbage", 50), "not HTTP");
  fails("status-no-number", "a status in words", "HTTP/1.1 fine thanks\r\n\r\nhello", "not HTTP");
  fails("status-version", "HTTP/9.9", "HTTP/9.9 200 OK\r\nContent-Length: 5\r\n\r\nhello", "");
  fails("status-zero", "a status of 000", "HTTP/1.1 000 Zero\r\nContent-Length: 5\r\n\r\nhello",
        "");
  fails("status-999", "a status of 999", "HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n",
        "HTTP 999");
  fails("status-five-digits", "a status of 20000", "HTTP/1.1 20000 OK\r\nContent-Length: 0\r\n\r\n",
        "not HTTP");
  fails("status-line-of-1-mb", "a reason of 1 MB",
        "HTTP/1.1 200 " + Repeat("O", 1'000'000) + "\r\n\r\nhello", "");
  fails("http-0-9", "a page without any header", "<html><p>hello</p></html>", "not HTTP");
  fails("icy", "a radio station", "ICY 200 OK\r\nicy-name: Radio Quill\r\n\r\n", "");
  fails("another-protocol", "a mail server's greeting", "220 mail.example ESMTP\r\n", "not HTTP");
  fails("websocket", "switches protocols unasked",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81",
        "");
  fails("304-unasked", "304 to a request without conditions", "HTTP/1.1 304 Not Modified\r\n\r\n",
        "304");
  cases.push_back({.name = "206-unasked",
                   .does = "a part that nobody asked for, which is better than nothing",
                   .site = Always(Say("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/9"
                                      "\r\nContent-Length: 5\r\n\r\nhello"))});
  fails("500", "500", "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "HTTP 500");
  fails("401", "asks for a password",
        "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"\x1b[31mgive me\"\r\nContent-Length: 0"
        "\r\n\r\n",
        "HTTP 401");
  fails("429-for-years", "429, come back in 30 years",
        "HTTP/1.1 429 No\r\nRetry-After: 946080000\r\nContent-Length: 0\r\n\r\n", "HTTP 429");
  fails("429-negative", "429 with a negative Retry-After",
        "HTTP/1.1 429 No\r\nRetry-After: -5\r\nContent-Length: 0\r\n\r\n", "HTTP 429");
  fails(
      "429-far-date", "429 until the year 9999",
      "HTTP/1.1 429 No\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\nContent-Length: 0\r\n\r\n",
      "HTTP 429");
  fails("429-overflow", "429 with more seconds than 64 bits hold",
        "HTTP/1.1 429 No\r\nRetry-After: 99999999999999999999999999\r\nContent-Length: 0\r\n\r\n",
        "HTTP 429");
  fails("503-garbage", "503 with a Retry-After that is none",
        "HTTP/1.1 503 No\r\nRetry-After: \xff\xfe soon\r\nContent-Length: 0\r\n\r\n", "HTTP 503");
  cases.push_back({.name = "interim-flood",
                   .does = "100 Continue for ever",
                   .site = Always(SayForEver(Repeat("HTTP/1.1 100 Continue\r\n\r\n", 100))),
                   .outcome = Outcome::kFailed,
                   .words = "larger than 64 KB"});
  cases.push_back({.name = "204",
                   .does = "no content",
                   .site = Always(Say("HTTP/1.1 204 No Content\r\n\r\n")),
                   .outcome = Outcome::kUnreadable,
                   .words = "the page is empty"});
  cases.push_back({.name = "second-answer",
                   .does = "an answer nobody asked for behind the first",
                   .site = Always(Raw("Content-Type: text/html\r\nContent-Length: 8\r\n",
                                      "<p>first" + *Html("<p>second").front().bytes))});
}

void AddTls(std::vector<Case>& cases) {
  const auto add = [&cases](std::string name, std::string does, Opening opening,
                            std::string words) {
    cases.push_back({.name = std::move(name),
                     .does = std::move(does),
                     .site = Always(Html(ConcernPage("tls"))),
                     .outcome = Outcome::kRefused,
                     .words = std::move(words),
                     .opening = opening});
  };
  add("tls-self-signed", "a certificate that signs itself, for another name", Opening::kTls,
      "certificate is not trusted");
  add("tls-expired", "a certificate that is out of date", Opening::kTlsExpired,
      "certificate is not trusted");
  add("tls-garbage", "bytes that are no handshake", Opening::kTlsGarbage, "TLS handshake failed");
  add("tls-closes", "hangs up within the handshake", Opening::kTlsCloses, "TLS handshake failed");
  add("tls-resets", "resets within the handshake", Opening::kTlsResets, "");
  add("tls-silent", "never answers the first message of the handshake", Opening::kTlsSilent,
      "timeout: no connection within");
}

}  // namespace

void AddTransportCases(std::vector<Case>& cases) {
  AddSlow(cases);
  AddEndless(cases);
  AddLengths(cases);
  AddChunks(cases);
  AddHeaders(cases);
  AddStatuses(cases);
  AddTls(cases);
}

}  // namespace schoolwatch::hostile
