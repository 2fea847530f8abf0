#include "config/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>

namespace schoolwatch::config {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

enum class Colour { kRed, kGreen };

struct Server {
  std::string host;
  int port = 25;
};

struct Item {
  std::string name;
  std::string title;
  std::chrono::seconds interval{600};
  std::vector<std::string> tags;
  Location where;
};

struct Everything {
  std::string text = "hello";
  bool flag = true;
  int whole = 3;
  double number = 0.5;
  std::chrono::hours duration{48};
  std::filesystem::path path;
  std::string choice = "one";
  Colour colour = Colour::kGreen;
  std::string secret;
  Section any;
  Server server;
  std::vector<Server> servers;
  std::vector<Item> items;
  std::map<std::string, std::string> macros;
  std::vector<std::string> patterns;
  std::vector<std::string> days{"monday", "friday"};
  std::vector<int> ports{443, 80};
  std::optional<int> maybe;
  int steps = 5;
  std::vector<Located<std::string>> places;
  std::optional<Located<std::string>> shout;
  std::optional<Server> backup;
  std::string left;
  std::string right;
};

Schema<Server> ServerSchema() {
  return Schema<Server>("Server")
      .Field("host", &Server::host, Text(), {.help = "Its name.", .required = true})
      .Field("port", &Server::port, Whole<int>(1, 65535), {.help = "Its port."});
}

Schema<Item> ItemSchema() {
  return Schema<Item>("Item")
      .Field("title", &Item::title, Text({.max_bytes = 20}), {.help = "For people."})
      .Field("interval", &Item::interval, Duration<std::chrono::seconds>(60s),
             {.help = "How often.", .example = "30 min"})
      .Field("tags", &Item::tags, ListOf(Text()), {.help = "Words."})
      .Where(&Item::where);
}

core::Result<void> CheckBracket(const std::string& text) {
  if (text.contains('(')) {
    return core::Fail(core::ErrorKind::kBadInput, "the bracket is not closed");
  }
  return {};
}

Schema<Everything> EverythingSchema() {
  using E = Everything;
  return Schema<E>("Everything", "One of each.")
      .Field("text", &E::text, Text({.max_bytes = 40}), {.help = "A text.", .example = "hi | ho"})
      .Field("flag", &E::flag, Flag(), {.help = "A flag."})
      .Field("whole", &E::whole, Whole<int>(1, 9), {.help = "A number."})
      .Field("number", &E::number, Number(0, 1), {.help = "A share."})
      .Field("duration", &E::duration, Duration<std::chrono::hours>(1h, 30 * 24h),
             {.help = "A time."})
      .Field("path", &E::path, Path(), {.help = "A path."})
      .Field("choice", &E::choice, OneOf({"one", "two"}), {.help = "A choice."})
      .Field("colour", &E::colour,
             EnumOf<Colour>({{"red", Colour::kRed}, {"green", Colour::kGreen}}),
             {.help = "A colour."})
      .Field("secret", &E::secret, Secret(), {.help = "A secret."})
      .Field("any", &E::any, AnySection(), {.help = "Anything."})
      .Field("server", &E::server, Nested(ServerSchema()), {.help = "A server."})
      .Field("servers", &E::servers, ListOf(ServerSchema(), {.noun = "server", .name_key = "host"}),
             {.help = "Servers."})
      .Field("items", &E::items, MapOf(ItemSchema(), &Item::name, {.noun = "item"}),
             {.help = "Items."})
      .Field("macros", &E::macros, MapOf(Text(), {.noun = "macro"}), {.help = "Macros."})
      .Field("patterns", &E::patterns,
             ListOf(Text().Check(CheckBracket), {.max_items = 3, .one_or_more = true}),
             {.help = "Patterns."})
      .Field("days", &E::days, ListOf(OneOf({"monday", "friday", "sunday"})), {.help = "When."})
      .Field("ports", &E::ports, ListOf(Whole<int>(1, 65535)), {.help = "Where."})
      .Field("maybe", &E::maybe, OptionalOf(Whole<int>(0, 100)), {.help = "Perhaps a number."})
      .Field("steps", &E::steps, Whole<int>(1, 100, {{"all", 0}, {"none", -1}}),
             {.help = "How far.", .example = "all"})
      .Field("places", &E::places,
             ListOf(WithPlace(Text().Check(CheckBracket)), {.one_or_more = true}),
             {.help = "Texts with their places."})
      .Field("shout", &E::shout, OptionalOf(WithPlace(Text().Check(CheckBracket))),
             {.help = "Perhaps a text with its place."})
      .Field("backup", &E::backup, OptionalOf(Nested(ServerSchema())), {.help = "Another."})
      .Group("sides",
             Schema<E>("Sides")
                 .Field("left", &E::left, Text(), {.help = "Left."})
                 .Field("right", &E::right, Text(), {.help = "Right."}),
             {.help = "Two sides."})
      .Refused("pupils", "nobody under age is named.")
      .Check([](const E& all, const Section& section, Diagnostics& problems) {
        if (!all.left.empty() && all.left == all.right) {
          problems.Add(section.where(), "left and right are the same");
        }
      });
}

Section Parsed(std::string_view yaml) {
  core::Result<Section> root = ParseYaml("f.yaml", yaml);
  EXPECT_TRUE(root.has_value()) << root.error().message;
  return root.value_or(Section());
}

TEST(Schema, ReadsEveryKind) {
  Diagnostics problems;
  const Everything all = EverythingSchema().Read(Parsed(R"(
text: "a: b"
flag: false
whole: 7
number: 0.25
duration: 3 days
path: ../here
choice: two
colour: red
any: {x: [1]}
server: {host: h, port: 80}
servers: [{host: a}, {host: b, port: 26}]
items:
  second: {title: T, interval: 90 s, tags: [x, y]}
  first:
macros: {"any key?": value}
patterns: single
maybe: 0
steps: all
places: [here, "there"]
shout: aloud
backup: {host: z}
sides: {left: l, right: r}
)"),
                                                 problems);
  EXPECT_EQ(problems.ToText(), "");
  EXPECT_EQ(all.text, "a: b");
  EXPECT_FALSE(all.flag);
  EXPECT_EQ(all.whole, 7);
  EXPECT_EQ(all.number, 0.25);
  EXPECT_EQ(all.duration, 72h);
  EXPECT_EQ(all.path, "../here");
  EXPECT_EQ(all.choice, "two");
  EXPECT_EQ(all.colour, Colour::kRed);
  EXPECT_EQ(all.any.Find("x")->items()[0].text(), "1");
  EXPECT_EQ(all.server.port, 80);
  ASSERT_EQ(all.servers.size(), 2U);
  EXPECT_EQ(all.servers[0].port, 25);
  EXPECT_EQ(all.servers[1].port, 26);
  ASSERT_EQ(all.items.size(), 2U);
  EXPECT_EQ(all.items[0].name, "second");
  EXPECT_EQ(all.items[0].interval, 90s);
  EXPECT_THAT(all.items[0].tags, ElementsAre("x", "y"));
  EXPECT_EQ(Format(all.items[0].where), "f.yaml:14:3");
  EXPECT_EQ(all.items[1].interval, 600s);
  EXPECT_EQ(all.macros.at("any key?"), "value");
  EXPECT_THAT(all.patterns, ElementsAre("single"));
  EXPECT_EQ(all.maybe, 0);
  EXPECT_EQ(all.steps, 0);
  ASSERT_EQ(all.places.size(), 2U);
  EXPECT_EQ(all.places[1].value, "there");
  EXPECT_EQ(Format(all.places[1].where), "f.yaml:20:16");
  ASSERT_TRUE(all.shout.has_value());
  EXPECT_EQ(all.shout->value, "aloud");
  EXPECT_EQ(Format(all.shout->where), "f.yaml:21:8");
  ASSERT_TRUE(all.backup.has_value());
  EXPECT_EQ(all.backup->host, "z");
  EXPECT_EQ(all.left, "l");
  EXPECT_EQ(all.right, "r");
}

TEST(Schema, AnEmptyFileGivesDefaults) {
  Diagnostics problems;
  const Everything all = EverythingSchema().Read(Section(), problems);
  EXPECT_TRUE(problems.empty()) << problems.ToText();
  EXPECT_EQ(all.text, "hello");
  EXPECT_FALSE(all.maybe.has_value());
}

struct BadValue {
  const char* name;
  const char* yaml;
  const char* messages;
};
void PrintTo(const BadValue& row, std::ostream* out) { *out << row.name; }

class RefusedValue : public ::testing::TestWithParam<BadValue> {};

TEST_P(RefusedValue, SaysWhereAndWhatWouldBeRight) {
  Diagnostics problems;
  EverythingSchema().Read(Parsed(GetParam().yaml), problems);
  EXPECT_EQ(problems.ToText(), GetParam().messages);
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedValue,
    ::testing::Values(
        BadValue{"UnknownKeyWithSuggestion", "whole: 1\nintervall: 3\nwohle: 2\n",
                 "f.yaml:2:1: unknown key 'intervall'; known are text, flag, whole, number, "
                 "duration, path, choice, colour, secret, any, server, servers, items, macros, "
                 "patterns, days, ports, maybe, steps, places, shout, backup, sides\n"
                 "f.yaml:3:1: unknown key 'wohle'; did you mean 'whole'?\n"},
        BadValue{"UnknownKeyOfEntry", "items:\n  city-news:\n    intervall: 5 s\n",
                 "f.yaml:3:5: item 'city-news': unknown key 'intervall'; did you mean "
                 "'interval'?\n"},
        BadValue{"DurationTooShort", "items:\n  city-news:\n    interval: 5 s\n",
                 "f.yaml:3:15: item 'city-news': 'interval' is 5 s, must be at least 60 s\n"},
        BadValue{"DurationTooLong", "duration: 31 days",
                 "f.yaml:1:11: 'duration' is 31 days, must be at most 30 days\n"},
        BadValue{"DurationWithoutUnit", "duration: 30",
                 "f.yaml:1:11: 'duration' is '30': the unit is missing: write '30 s', '30 min', "
                 "'30 h' or '30 days'\n"},
        BadValue{"DurationWithOddUnit", "duration: 30 moons",
                 "f.yaml:1:11: 'duration' is '30 moons': the unit must be one of ms, s, min, h, "
                 "days, weeks, after a whole number\n"},
        BadValue{"DurationNegative", "duration: -2 h",
                 "f.yaml:1:11: 'duration' is '-2 h': must be a whole number and a unit, such as "
                 "'30 min', '10 s', '2 h' or '7 days'\n"},
        BadValue{"DurationHuge", "duration: 99999999999999999999 h",
                 "f.yaml:1:11: 'duration' is '99999999999999999999 h': longer than 100 years\n"},
        BadValue{"DurationOverflow", "duration: 9223372036854775807 weeks",
                 "f.yaml:1:11: 'duration' is '9223372036854775807 weeks': longer than 100 "
                 "years\n"},
        BadValue{"DurationTooFine", "duration: 90 min",
                 "f.yaml:1:11: 'duration' is 90 min, must be a multiple of 1 h\n"},
        BadValue{"WholeOutOfRange", "whole: 10",
                 "f.yaml:1:8: 'whole' is '10', must be a whole number from 1 to 9\n"},
        BadValue{"WholeNotWhole", "whole: 1.5",
                 "f.yaml:1:8: 'whole' is '1.5', must be a whole number from 1 to 9\n"},
        BadValue{"WholeOverflow", "whole: 99999999999999999999",
                 "f.yaml:1:8: 'whole' is '99999999999999999999', must be a whole number from 1 "
                 "to 9\n"},
        BadValue{"NumberNan", "number: nan",
                 "f.yaml:1:9: 'number' is 'nan', must be a number from 0 to 1\n"},
        BadValue{"FlagYes", "flag: yes", "f.yaml:1:7: 'flag' is 'yes', must be true or false\n"},
        BadValue{"ChoiceWithSuggestion", "colour: gren",
                 "f.yaml:1:9: 'colour' is 'gren', must be one of red, green; did you mean "
                 "'green'?\n"},
        BadValue{"TextEmpty", "text: ''", "f.yaml:1:7: 'text' is empty\n"},
        BadValue{"TextTooLong", "text: aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbx",
                 "f.yaml:1:7: 'text' has 41 bytes, must have at most 40\n"},
        BadValue{"TextOfTwoLines", "text: \"a\\nBcc: b\"",
                 "f.yaml:1:7: 'text' is 'a Bcc: b', must be one line without control "
                 "characters\n"},
        BadValue{"TextOfTwoUnicodeLines", "text: \"a\\Lb\"",
                 "f.yaml:1:7: 'text' is 'a\u2028b', must be one line without control "
                 "characters\n"},
        BadValue{"TextWithBell", "text: \"a\\ab\"",
                 "f.yaml:1:7: 'text' is 'a b', must be one line without control characters\n"},
        BadValue{"ListForText", "text: [a]",
                 "f.yaml:1:7: 'text' is a list, must be a line of text\n"},
        BadValue{"TextForMap", "server: h",
                 "f.yaml:1:9: 'server' is text, must be a map of "
                 "settings\n"},
        BadValue{"TextForList", "servers: h", "f.yaml:1:10: 'servers' is text, must be a list\n"},
        BadValue{"ListForNamedMap", "items: [a]",
                 "f.yaml:1:8: 'items' is a list, must be a map with an entry for each item\n"},
        BadValue{"NoValue", "text:\nflag: true\n",
                 "f.yaml:1:1: 'text' has no value: write one, or take the line out\n"},
        BadValue{"MissingInNestedMap", "server: {port: 1}",
                 "f.yaml:1:1: 'server.host' is missing: Its name.\n"},
        BadValue{"MissingInListItem", "servers:\n  - host: a\n  - port: 1\n",
                 "f.yaml:3:5: server 2: 'host' is missing: Its name.\n"},
        BadValue{"ItemKnownByItsName", "servers: [{host: a, prot: 1}, {host: '', port: 2}]",
                 "f.yaml:1:21: server 'a': unknown key 'prot'; did you mean 'port'?\n"
                 "f.yaml:1:38: server 2: 'host' is empty\n"},
        BadValue{"WholeOrWords", "steps: any",
                 "f.yaml:1:8: 'steps' is 'any', must be a whole number from 1 to 100, or all, "
                 "none\n"},
        BadValue{"WholeOrWordsOutOfRange", "steps: 0",
                 "f.yaml:1:8: 'steps' is '0', must be a whole number from 1 to 100, or all, "
                 "none\n"},
        BadValue{"CheckedValueWithPlace", "places: b(\nshout: c(\n",
                 "f.yaml:1:9: 'places' item 1 is 'b(': the bracket is not closed\n"
                 "f.yaml:2:8: 'shout' is 'c(': the bracket is not closed\n"},
        BadValue{"BadListItem", "items: {a: {tags: [ok, '', [x]]}}",
                 "f.yaml:1:24: item 'a': 'tags' item 2 is empty\n"
                 "f.yaml:1:28: item 'a': 'tags' item 3 is a list, must be a line of text\n"},
        BadValue{"BadName", "items: {'../etc': {}}",
                 "f.yaml:1:9: item name '../etc' is not 1 to 64 letters (a-z), digits, '_', '-' "
                 "and '.', with a letter or digit first\n"},
        BadValue{"TooManyItems", "patterns: [a, b, c, d]",
                 "f.yaml:1:1: 'patterns' has 4 items, must have at most 3\n"},
        BadValue{"CheckedValue", "patterns: [a, b(]",
                 "f.yaml:1:15: 'patterns' item 2 is 'b(': the bracket is not closed\n"},
        BadValue{"Refused", "pupils: [x]",
                 "f.yaml:1:1: 'pupils' is not taken: nobody under age is named.\n"},
        BadValue{"GroupUnknown", "sides: {lfet: x}",
                 "f.yaml:1:9: unknown key 'lfet'; did you mean 'left'?\n"},
        BadValue{"StructCheck", "sides: {left: x, right: x}",
                 "f.yaml:1:1: left and right are the same\n"},
        BadValue{"OptionalOutOfRange", "maybe: 101",
                 "f.yaml:1:8: 'maybe' is '101', must be a whole number from 0 to 100\n"},
        BadValue{"SecretWritten", "secret: hunter2",
                 "f.yaml:1:9: 'secret': a secret must not stand in this file: put it into a file "
                 "that only the service can read and write ${file:PATH}, or use ${env:NAME} or "
                 "${credential:NAME}\n"},
        BadValue{"RootIsAList", "- a", "f.yaml:1:1: this is a list, must be a map of settings\n"},
        BadValue{"SeveralAtOnce", "whole: x\nflag: y\ntext: ok\nchoice: three\n",
                 "f.yaml:1:8: 'whole' is 'x', must be a whole number from 1 to 9\n"
                 "f.yaml:2:7: 'flag' is 'y', must be true or false\n"
                 "f.yaml:4:9: 'choice' is 'three', must be one of one, two\n"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Schema, KeepsWhatIsRightBesideWhatIsWrong) {
  Diagnostics problems;
  const Everything all = EverythingSchema().Read(Parsed("whole: x\ntext: kept\n"), problems);
  EXPECT_FALSE(problems.empty());
  EXPECT_EQ(all.text, "kept");
  EXPECT_EQ(all.whole, 3);
}

TEST(Schema, AWrittenListTakesTheDefaultsPlace) {
  const auto days = [](std::string_view yaml) {
    Diagnostics problems;
    const Everything all = EverythingSchema().Read(Parsed(yaml), problems);
    EXPECT_EQ(problems.ToText(), "");
    return all.days;
  };
  EXPECT_THAT(days("days: [sunday]"), ElementsAre("sunday"));
  EXPECT_THAT(days("days: []"), ElementsAre());
  EXPECT_THAT(days("days:"), ElementsAre("monday", "friday"));
  EXPECT_THAT(days("text: nothing of days"), ElementsAre("monday", "friday"));
}

TEST(Schema, LeavesSecretsWhereNoneIsWanted) {
  Diagnostics problems;
  const Section root = Parsed("secret: '${env:SW_TEST_NOT_SET}'\n");
  EverythingSchema().Read(root, problems, Secrets::kLeave);
  EXPECT_TRUE(problems.empty()) << problems.ToText();
  EverythingSchema().Read(root, problems, Secrets::kRead);
  EXPECT_EQ(problems.ToText(),
            "f.yaml:1:9: 'secret': environment variable SW_TEST_NOT_SET is not set\n");
}

TEST(Schema, JsonSchemaHasTypesLimitsDefaultsAndHelp) {
  const std::string text = EverythingSchema().ToJsonSchema();
  EXPECT_THAT(text, HasSubstr("\"$schema\": \"https://json-schema.org/draft/2020-12/schema\""));
  EXPECT_THAT(text, HasSubstr(R"(    "whole": {
      "description": "A number.",
      "type": "integer",
      "minimum": 1,
      "maximum": 9,
      "default": 3
    },)"));
  EXPECT_THAT(text, HasSubstr(R"(    "steps": {
      "description": "How far.",
      "anyOf": [
        {
          "type": "integer",
          "minimum": 1,
          "maximum": 100
        },
        {
          "enum": ["all", "none"]
        }
      ],
      "default": 5,
      "examples": ["all"]
    },)"));
  EXPECT_THAT(text, HasSubstr("\"default\": 0.5"));
  EXPECT_THAT(text, HasSubstr("\"default\": \"2 days\""));
  EXPECT_THAT(text, HasSubstr("\"default\": \"green\""));
  EXPECT_THAT(text, HasSubstr("\"default\": [\"monday\", \"friday\"]"));
  EXPECT_THAT(text, HasSubstr("\"default\": [443, 80]"));
  EXPECT_THAT(text, HasSubstr("\"enum\": [\"red\", \"green\"]"));
  EXPECT_THAT(text, HasSubstr("\"examples\": [\"30 min\"]"));
  EXPECT_THAT(text, HasSubstr("\"additionalProperties\": false"));
  EXPECT_THAT(text, Not(HasSubstr("pupils")));
}

TEST(Schema, ReferenceHasARowForEveryKey) {
  const std::string text = EverythingSchema().ToReference();
  EXPECT_THAT(text, HasSubstr("| `text` | A text. | a line of text | `hello` | `hi \\| ho` |\n"));
  EXPECT_THAT(text, HasSubstr("| `server.host` | Its name. | a line of text | required |  |\n"));
  EXPECT_THAT(text, HasSubstr("| `servers[].port` | Its port. | a whole number from 1 to 65535 | "
                              "`25` |  |\n"));
  EXPECT_THAT(text, HasSubstr(" | `[monday, friday]` |  |\n"));
  EXPECT_THAT(text, HasSubstr(" | `[443, 80]` |  |\n"));
  EXPECT_THAT(text, HasSubstr("| `items.<item>.interval` |"));
  EXPECT_THAT(text, HasSubstr("| `sides.left` |"));
  EXPECT_THAT(text, HasSubstr("| `pupils` | Not taken: nobody under age is named."));
}

}  // namespace
}  // namespace schoolwatch::config
