#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

// Checks of single values that several settings share. All give kBadInput with what is wrong and
// what would be right, without the value: whoever shows the message shows it beside.
namespace schoolwatch::config {

// A mail address by core::CheckMailAddress, as a setting's check takes it.
core::Result<void> CheckMailAddress(const std::string& address);

// An http(s) address without a user name or password in it.
core::Result<void> CheckHttpUrl(const std::string& url);

// A host name alone: "school.example", no "https://", no path.
core::Result<void> CheckHost(const std::string& host);

// An address or network that the address guard takes: "127.0.0.1", "10.0.0.0/8", "::1".
core::Result<void> CheckNetwork(const std::string& network);
// True for a network that lies within the machine itself.
bool IsLoopbackNetwork(std::string_view network);
// True for the names and addresses of this machine: "localhost", "127.0.0.1", "::1".
bool IsLoopbackHost(std::string_view host);

// A United Kingdom postcode, in any case, with or without the space.
core::Result<void> CheckPostcode(const std::string& postcode);

// A public handle or tag: "@QuillbrookAcad", "#QuillbrookAcademy", no spaces.
core::Result<void> CheckHandle(const std::string& handle);

// Refuses addresses of persons' profiles on the big platforms: a page about a person is not
// watched.
core::Result<void> CheckNotAProfile(const std::string& url);

}  // namespace schoolwatch::config
