#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "crawler/platforms/platform.h"

// What a platform's routes ask of the school before they can be asked. Pure.
namespace schoolwatch::app {

// The credentials that a route's requests name, in the platform's order.
std::vector<const crawler::CredentialSpec*> CredentialsOf(const crawler::Platform& platform,
                                                          const crawler::Route& route);

// True where the requests of a usual route, or the login for it, name this value.
bool UsualRoutesName(const crawler::Platform& platform, std::string_view value);

// The routes that are asked unless a source names others.
std::vector<const crawler::Route*> UsualRoutes(const crawler::Platform& platform);
// Those of them that need no credential.
std::vector<const crawler::Route*> FreeRoutes(const crawler::Platform& platform);
// True where nothing of it can be read without an account or a key.
bool NeedsCredentials(const crawler::Platform& platform);
// True where requests cost money, so that the school must set a cap.
bool CostsMoney(const crawler::Platform& platform);

// What of the routes that a source asks cannot be asked, for want of a credential.
struct Lacking {
  std::vector<const crawler::Route*> routes;
  std::vector<const crawler::CredentialSpec*> credentials;
  bool nothing_left = false;  // No route is left that can be.
};
Lacking FindLacking(const crawler::Platform& platform, const config::Source& source);

// What is done with a link to it that somebody reports, in a sentence without its end.
std::string LinkWords(const crawler::LinkSpec& links);

// "documented", "untried", … as in its file.
std::string_view CertaintyName(crawler::Certainty certainty);

}  // namespace schoolwatch::app
