#pragma once

#include <array>
#include <string_view>

namespace schoolwatch::core {

// What a post may be about. Rules name one each; routes and playbooks may ask for some.
inline constexpr std::array<std::string_view, 30> kTopics{
    "self_harm",
    "threat",
    "weapon",
    "fight",
    "sexual",
    "grooming",
    "indecent_images",
    "bullying",
    "harassment",
    "extremism",
    "drugs",
    "abuse_neglect",
    "missing_child",
    "staff_conduct",
    "personal_data",
    "stranger",
    "crime_allegation",
    "dishonesty_allegation",
    "impersonation",
    "discrimination",
    "insult",
    "complaint",
    "bad_review",
    "petition",
    "press",
    "inspection",
    "spam",
    "question",
    "praise",
    "event",
};

}  // namespace schoolwatch::core
