// The tables of what is kept how long, and of looks that need a reason.

#include <chrono>
#include <string>
#include <utility>

#include "config/settings_schema.h"

namespace schoolwatch::config {
namespace {

using std::chrono::hours;

Value<hours> Period(hours least = hours(24)) {
  return Duration<hours>(least, hours(24 * 366 * 30));
}

}  // namespace

const Schema<Retention>& RetentionSchema() {
  static const Schema<Retention> kSchema =
      Schema<Retention>("Retention", "How long what is remembered is kept.")
          .Field("no_concern", &Retention::no_concern, Period(),
                 {.help = "Cases closed as no concern, from then on."})
          .Field("not_about_us", &Retention::not_about_us, Period(),
                 {.help = "Cases closed as not about the school."})
          .Field("lawful_criticism", &Retention::lawful_criticism, Period(),
                 {.help = "Cases closed as lawful criticism."})
          .Field("complaint", &Retention::complaint, Period(),
                 {.help = "Cases closed as complaints."})
          .Field("concern", &Retention::concern, Period(), {.help = "Cases closed as concerns."})
          .Field("reported", &Retention::reported, Period(),
                 {.help = "Cases closed as reported to the platform."})
          .Field("referred", &Retention::referred, Period(),
                 {.help = "Cases closed as referred to another service."})
          .Field("safeguarding", &Retention::safeguarding, Period(),
                 {.help = "At least so long for every closed case of possible safeguarding, unless "
                          "closed as no concern or not about the school."})
          .Field("unclosed", &Retention::unclosed, Period(),
                 {.help = "Cases that nobody took in hand or closed, from their last change on; "
                          "those of possible safeguarding never less than `safeguarding`."})
          .Field("unmatched", &Retention::unmatched, Period(),
                 {.help = "Posts that belong to no case, from their reading on."})
          .Field("examples", &Retention::examples, Period(),
                 {.help = "Posts, with names masked, that rules are tested against."})
          .Field("seen", &Retention::seen, Period(hours(24 * 90)),
                 {.help = "Marks of posts that were seen, two hashes and a time each; made anew "
                          "every 30 days while the post is found there."})
          .Field("fetch_state", &Retention::fetch_state, Period(),
                 {.help = "Addresses, hosts and sources, from the last look on."})
          .Field("ledger", &Retention::ledger, Period(),
                 {.help = "How a host was treated, from the last request on."})
          .Field("mail_traces", &Retention::mail_traces, Period(),
                 {.help = "That a mail was delivered, so that it never goes twice."})
          .Field("erasure_marks", &Retention::erasure_marks, Period(),
                 {.help = "Keyed hashes that keep an erased post from coming back, and backups' "
                          "copies from being restored. At least as long as backups are kept."})
          .Check([](const Retention& retention, const Section& section, Diagnostics& problems) {
            if (retention.mail_traces < retention.seen) {
              const auto found = section.Find("mail_traces");
              problems.Add(found ? found->where() : section.key_where(),
                           "'retention.mail_traces' is shorter than 'retention.seen': a mail could "
                           "go twice");
            }
          });
  return kSchema;
}

const Schema<Privacy>& PrivacySchema() {
  static const Schema<Privacy> kSchema =
      Schema<Privacy>("Privacy", "When looking needs a reason.")
          .Field("looks_before_reason", &Privacy::looks_before_reason,
                 Whole<std::uint32_t>(1, 1000),
                 {.help = "So often one author's posts may be looked at within `looks_within`; "
                          "the next look needs a reason and the name of the senior who approves."})
          .Field("looks_within", &Privacy::looks_within,
                 Duration<hours>(hours(24), hours(24 * 366)),
                 {.help = "After so long looks are counted anew."});
  return kSchema;
}

}  // namespace schoolwatch::config
