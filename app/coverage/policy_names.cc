#include "app/coverage/policy_names.h"

#include "config/checks.h"
#include "config/schema.h"
#include "config/section.h"

namespace schoolwatch::app {
namespace {

using config::ListOf;
using config::Text;

struct NamesFile {
  std::vector<PolicyName> names;
};

const config::Schema<NamesFile>& NamesSchema() {
  const config::Value<std::string> word = Text({.max_bytes = 64});
  static const config::Schema<NamesFile> kSchema =
      config::Schema<NamesFile>("policy-names.yaml", "The platforms that school policies name.")
          .Field(
              "names", &NamesFile::names,
              ListOf(
                  config::Schema<PolicyName>("Name", "A platform as policies name it.")
                      .Field("name", &PolicyName::name, Text({.max_bytes = 100}),
                             {.help = "As people say it.", .required = true})
                      .Field("group", &PolicyName::group, Text({.max_bytes = 100}),
                             {.help = "What kind of place it is.", .required = true})
                      .Field("platforms", &PolicyName::platforms, ListOf(word),
                             {.help = "Platform files that read it, the most telling first."})
                      .Field("hosts", &PolicyName::hosts,
                             ListOf(Text({.max_bytes = 253}).Check(config::CheckHost)),
                             {.help = "A source with an url on one of these watches it."})
                      .Field("words", &PolicyName::words, ListOf(word),
                             {.help = "So does one with an url and one of these as `platform`."})
                      .Field("own_site", &PolicyName::own_site, config::Flag(),
                             {.help = "So does one on a school's own `site`."})
                      .Field("indirectly", &PolicyName::indirectly, ListOf(word),
                             {.help = "Platforms that find some of it, as search engines do."})
                      .Field("why_not", &PolicyName::why_not, Text({.max_bytes = 1000}),
                             {.help = "Why it cannot be watched, where no platform file says it."})
                      .Field("report_instead", &PolicyName::report_instead,
                             Text({.max_bytes = 1000}),
                             {.help = "How people report it, where no platform file says it."}),
                  {.min_items = 1, .noun = "name", .name_key = "name"}),
              {.help = "The names, in the order of every list.", .required = true});
  return kSchema;
}

}  // namespace

std::optional<std::vector<PolicyName>> LoadPolicyNames(const std::filesystem::path& file,
                                                       config::Diagnostics& problems) {
  const std::optional<config::Section> section = config::LoadYamlFile(file, problems);
  if (!section) {
    return std::nullopt;
  }
  return NamesSchema().Read(*section, problems).names;
}

}  // namespace schoolwatch::app
