#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/fetch_memory.h"
#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

// What is remembered where there is no store: a dry run before the first real one, `check
// --online`.
class EmptyMemory final : public core::FetchMemory,
                          public storage::SeenLookup,
                          public storage::CaseReader,
                          public storage::PlatformReader {
 public:
  core::Result<std::optional<core::UrlState>> FindUrl(std::string_view) const override {
    return std::nullopt;
  }
  core::Result<std::optional<core::HostState>> FindHost(std::string_view) const override {
    return std::nullopt;
  }
  core::Result<std::optional<core::SourceState>> FindSource(std::string_view) const override {
    return std::nullopt;
  }
  core::Result<std::optional<core::RouteState>> FindRoute(std::string_view) const override {
    return std::nullopt;
  }
  core::Result<std::optional<core::PlatformSession>> FindSession(std::string_view) const override {
    return std::nullopt;
  }
  core::Result<std::optional<core::PlatformSpending>> FindSpending(
      std::string_view) const override {
    return std::nullopt;
  }
  core::Result<std::optional<core::SeenMark>> FindSeen(std::string_view) const override {
    return std::nullopt;
  }
  core::Result<core::Case> LoadCase(std::string_view) const override { return Missing(); }
  core::Result<core::Finding> LoadFinding(std::string_view) const override { return Missing(); }
  core::Result<std::vector<core::PostVersion>> LoadVersions(std::string_view) const override {
    return std::vector<core::PostVersion>{};
  }
  core::Result<std::vector<core::Case>> ListCases(const storage::CaseFilter&) const override {
    return std::vector<core::Case>{};
  }
  core::Result<std::optional<core::Case>> FindCaseByLink(std::string_view,
                                                         std::string_view) const override {
    return std::nullopt;
  }
  core::Result<std::optional<core::Case>> FindCaseByText(std::string_view,
                                                         const core::Fingerprint&) const override {
    return std::nullopt;
  }

 private:
  static std::unexpected<core::Error> Missing() {
    return core::Fail(core::ErrorKind::kNotFound, "there is no store yet");
  }
};

}  // namespace schoolwatch::app
