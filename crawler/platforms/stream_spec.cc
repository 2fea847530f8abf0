#include "crawler/platforms/stream_spec.h"

#include "config/schema.h"

namespace schoolwatch::crawler {
namespace {

using config::ListOf;
using config::Schema;
using config::Text;
using std::chrono::seconds;

config::Value<std::string> Pointer() {
  return Text({.min_bytes = 0, .max_bytes = 300})
      .Check([](const std::string& pointer) -> core::Result<void> {
        if (!pointer.empty() && pointer[0] != '/') {
          return core::Fail(core::ErrorKind::kBadInput,
                            "a JSON pointer is empty or begins with '/', as /record/text does");
        }
        return {};
      })
      .Words("JSON pointer");
}

config::Value<std::string> Address() {
  return Text({.min_bytes = 7, .max_bytes = 1'000})
      .Check([](const std::string& url) -> core::Result<void> {
        for (const char* scheme : {"wss://", "ws://", "https://", "http://"}) {
          if (url.starts_with(scheme)) {
            return {};
          }
        }
        return core::Fail(core::ErrorKind::kBadInput,
                          "a stream's address begins with wss:// or, for events, https://");
      })
      .Words("address");
}

config::Value<std::vector<std::string>> Names() {
  return ListOf(Text({.min_bytes = 1, .max_bytes = 100}), {.max_items = 20, .one_or_more = true});
}

const Schema<RecipeFilter>& FilterSchema() {
  static const Schema<RecipeFilter> kSchema =
      Schema<RecipeFilter>("StreamFilter", "Which messages of a stream are meant.")
          .Field("at", &RecipeFilter::pointer, Pointer(),
                 {.help = "Where the value stands in the payload; '*' stands for any element.",
                  .required = true,
                  .example = "/operation"})
          .Field("is", &RecipeFilter::values,
                 ListOf(Text(), {.min_items = 1, .max_items = 50, .one_or_more = true}),
                 {.help = "Its values, as text; \"null\" for what is not there.", .required = true})
          .Field("not", &RecipeFilter::negate, config::Flag(),
                 {.help = "All other values are meant instead."});
  return kSchema;
}

const Schema<StreamSpec>& CursorSchema() {
  static const Schema<StreamSpec> kSchema =
      Schema<StreamSpec>("StreamCursor", "How a stream goes on where it broke off.")
          .Field("at", &StreamSpec::cursor_pointer, Pointer(),
                 {.help = "Where a message says how far it is. Server-sent events carry an id "
                          "instead.",
                  .example = "/time_us"})
          .Field("of_host", &StreamSpec::cursor_of_host, config::Flag(),
                 {.help = "The cursor of one host means nothing to another."})
          .Field("kept", &StreamSpec::cursor_kept,
                 config::Duration<seconds>(seconds(0), std::chrono::days(30)),
                 {.help = "How far back the server can go; what is older is missed, and said."})
          .Field("as_time", &StreamSpec::cursor_as_time,
                 config::OneOf({"", "epoch_us", "epoch_ms", "rfc3339"}),
                 {.help = "The server also takes a time as cursor, written so: for a host whose "
                          "own cursor is not known."});
  return kSchema;
}

}  // namespace

const Schema<StreamSpec>& StreamSchema() {
  static const Schema<StreamSpec> kSchema =
      Schema<StreamSpec>("Stream", "A connection that stays open and sends posts.")
          .Field("kind", &StreamSpec::kind,
                 config::EnumOf<StreamSpec::Kind>(
                     {{"websocket", StreamSpec::Kind::kWebSocket},
                      {"server_sent_events", StreamSpec::Kind::kServerSentEvents}}),
                 {.help = "What is spoken."})
          .Field("urls", &StreamSpec::urls,
                 ListOf(Address(), {.min_items = 1, .max_items = 10, .one_or_more = true}),
                 {.help = "Where; the next one is tried where one fails.",
                  .required = true,
                  .example = "wss://{host}/subscribe"})
          .Field("subprotocol", &StreamSpec::subprotocol, Text({.max_bytes = 100}),
                 {.help = "Of a WebSocket."})
          .Field("compressed", &StreamSpec::compressed, config::Flag(),
                 {.help = "Whether permessage-deflate is offered."})
          .Field("query", &StreamSpec::query,
                 config::MapOf(Text({.max_bytes = 1'000}), {.noun = "field of the query"}),
                 {.help = "Values of the address's query; \"{cursor}\" is where to go on. What is "
                          "empty is left out."})
          .Field("headers", &StreamSpec::headers,
                 config::MapOf(Text({.max_bytes = 1'000}), {.noun = "header"}),
                 {.help = "Header fields beside those that are always sent."})
          .Field("with_session", &StreamSpec::with_session, config::Flag(),
                 {.help = "Opened with the platform's session."})
          .Group("cursor", CursorSchema(), {.help = "How it goes on where it broke off."})
          .Field("unwrap_text", &StreamSpec::unwrap_text, Pointer(),
                 {.help = "Where a message holds its payload, which is JSON once more, as a "
                          "string."})
          .Field("event", &StreamSpec::event_pointer, Pointer(),
                 {.help = "Where a message says what it is; of server-sent events it is their "
                          "type without this."})
          .Field("events", &StreamSpec::events, Names(),
                 {.help = "What a message must be to count; nothing: any."})
          .Field("gone_events", &StreamSpec::gone_events, Names(),
                 {.help = "What a message is whose payload is the id of a deleted post."})
          .Field("gate", &StreamSpec::gate,
                 ListOf(Pointer(), {.max_items = 30, .one_or_more = true}),
                 {.help = "Where the words stand that could name a school: only messages in which "
                          "they may do so are parsed whole. A message that has none of them is "
                          "parsed, too. '*' stands for any element.",
                  .example = "/record/text"})
          .Field("only", &StreamSpec::only,
                 ListOf(FilterSchema(), {.max_items = 20, .noun = "filter"}),
                 {.help = "Messages count only where all of these hold."})
          .Field("read_whole", &StreamSpec::read_whole,
                 ListOf(FilterSchema(), {.max_items = 20, .noun = "filter"}),
                 {.help = "Messages that are parsed whatever they say: edits."})
          .Field("fill_gaps_by", &StreamSpec::fill_gaps_by, Text({.max_bytes = 60}),
                 {.help = "The route that is asked for what was missed."})
          .Field("silence", &StreamSpec::silence,
                 config::Duration<seconds>(seconds(10), std::chrono::hours(24)),
                 {.help = "Without a message for so long it is opened anew."});
  return kSchema;
}

}  // namespace schoolwatch::crawler
