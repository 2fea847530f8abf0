#pragma once

#include <string>
#include <string_view>

#include "core/post.h"
#include "core/url.h"

namespace schoolwatch::core {

// Where posts stand, in a form in which two ways to write an address are equal: no scheme, no
// "www.", no tracking parameters, no slash at the end. The one rule by which posts are told apart,
// looked for and erased (docs/storage.md, "One post"); nothing is fetched by it.

// The fragment stays, as forums name posts by it.
std::string PlaceKey(const HttpUrl& url);

// The same of a page: without the fragment. Empty: it is no address.
std::string PageKey(std::string_view url);

// Whether a place (PlaceKey) is a whole site: everybody's, so no post is known by it.
bool IsWholeSite(std::string_view place);

// The place that is this post's alone. Empty where it has none: an answer that is given its
// thread's address, or a feed that leads to its site with all that it has.
std::string OwnLink(const Post& post);

}  // namespace schoolwatch::core
