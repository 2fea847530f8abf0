#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/post.h"
#include "core/school.h"
#include "matchers/school_index.h"

namespace schoolwatch::matchers {

// The invented schools of the invented town of Quillbrook that the tests of this folder watch.
inline core::School Quillbrook() {
  core::School school;
  school.key = "quillbrook";
  school.name = "Quillbrook Academy";
  school.type = "secondary academy";
  school.town = "Quillbrook";
  school.also = {"Quillbrook Secondary", "QBA"};
  school.handles = {"@QuillbrookAcad", "#QuillbrookAcademy"};
  school.site = "quillbrookacademy.example.sch.uk";
  school.places = {"Quillbrook", "Fernshire", "Tanner's Lane"};
  school.headteacher = "Mrs Odile Marchbank";
  school.staff = {"Mr Piers Underhay"};
  school.not_us = {"Quillbrook Brewery", "River Quillbrook"};
  return school;
}

inline core::School HolyCross(std::string key, std::string town) {
  core::School school;
  school.key = std::move(key);
  school.name = "Holy Cross Catholic Primary School";
  school.also = {"Holy Cross " + town};
  school.places = {town};
  school.not_us = {"Holy Cross Church"};
  school.town = std::move(town);
  return school;
}

inline core::School LanternTree() {
  core::School school;
  school.key = "lantern_tree";
  school.name = "Lantern Tree Nursery School";
  school.also = {"Lantern Tree"};
  school.places = {"Quillbrook"};
  school.not_us = {"lantern tree festival"};
  return school;
}

inline std::vector<core::School> TestSchools() {
  return {Quillbrook(), HolyCross("holy_cross_quillbrook", "Quillbrook"),
          HolyCross("holy_cross_marlham", "Marlham"), LanternTree()};
}

inline std::shared_ptr<const SchoolIndex> MakeTestIndex() {
  return SchoolIndex::Make(TestSchools()).value();
}

inline core::Post PostOf(std::string text, std::string title = {}) {
  core::Post post;
  post.title = std::move(title);
  post.text = std::move(text);
  return post;
}

inline std::vector<std::string> KeysOf(const std::vector<core::SchoolScore>& scores) {
  std::vector<std::string> keys;
  for (const core::SchoolScore& score : scores) {
    keys.push_back(score.school);
  }
  return keys;
}

}  // namespace schoolwatch::matchers
