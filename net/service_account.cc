// What a Google service account shows for a token: a statement signed with its key (RFC 7523).

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <boost/json.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/oauth2.h"

namespace schoolwatch::net {
namespace {

namespace json = boost::json;
using core::ErrorKind;

constexpr std::chrono::seconds kAssertionLife{3600};  // The most that Google takes.

struct OpenSslDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Base64 for URLs, without padding (RFC 4648, 5).
std::string Base64Url(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  for (char& c : text) {
    c = c == '+' ? '-' : c == '/' ? '_' : c;
  }
  text.resize(text.find_last_not_of('=') + 1);
  return text;
}

core::Result<std::string> Sign(const std::string& pem, std::string_view bytes) {
  const auto bad = [] {
    return core::Fail(ErrorKind::kBadInput, "the service account's private key cannot be used");
  };
  const std::unique_ptr<BIO, OpenSslDeleter> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // Without a callback OpenSSL would ask at the terminal for a passphrase.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  const std::unique_ptr<EVP_PKEY, OpenSslDeleter> key(
      bio == nullptr ? nullptr
                     : PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (key == nullptr || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) {
    return bad();
  }
  const std::unique_ptr<EVP_MD_CTX, OpenSslDeleter> context(EVP_MD_CTX_new());
  std::size_t size = 0;
  const auto* const data = reinterpret_cast<const unsigned char*>(bytes.data());
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, data, bytes.size()) != 1) {
    return bad();
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data,
                     bytes.size()) != 1) {
    return bad();
  }
  signature.resize(size);
  return signature;
}

}  // namespace

core::Result<std::string> MakeServiceAccountAssertion(const OAuth2Options& options,
                                                      core::Timestamp now) {
  boost::system::error_code error;
  const json::value file = json::parse(options.service_account, error, {}, {.max_depth = 8});
  const json::object* const key = error ? nullptr : file.if_object();
  const auto text_of = [key](std::string_view name) {
    const json::value* const found = key == nullptr ? nullptr : key->if_contains(name);
    const json::string* const text = found == nullptr ? nullptr : found->if_string();
    return text == nullptr ? std::string() : std::string(text->begin(), text->end());
  };
  const std::string email = text_of("client_email");
  const std::string pem = text_of("private_key");
  if (email.empty() || pem.empty()) {
    return core::Fail(ErrorKind::kBadInput,
                      "the service account's key file is not one: it is JSON with client_email and "
                      "private_key");
  }
  const auto issued = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
  const std::string head = json::serialize(json::object{{"alg", "RS256"}, {"typ", "JWT"}});
  const std::string claims =
      json::serialize(json::object{{"iss", email},
                                   {"sub", options.user},
                                   {"scope", options.scope},
                                   {"aud", options.token_url},
                                   {"iat", issued.count()},
                                   {"exp", (issued + kAssertionLife).count()}});
  const std::string statement = Base64Url(head) + "." + Base64Url(claims);
  SW_ASSIGN(const std::string signature, Sign(pem, statement));
  return statement + "." + Base64Url(signature);
}

}  // namespace schoolwatch::net
