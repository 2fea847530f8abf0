#include "tests/net/tls_identity.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace schoolwatch::net {
namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};

// A test that cannot make its certificate has nothing to say.
void Require(bool good, const char* what) {
  if (!good) {
    std::fprintf(stderr, "TlsIdentity: %s failed\n", what);
    std::abort();
  }
}

template <class Write>
std::string WriteTemporary(const char* name, Write write) {
  std::string path = (std::filesystem::temp_directory_path() / name).string();
  const int file = mkstemp(path.data());
  Require(file >= 0, "temporary file");
  std::FILE* const stream = fdopen(file, "w");
  Require(stream != nullptr && write(stream), "temporary file");
  std::fclose(stream);
  return path;
}

}  // namespace

void TlsIdentity::Deleter::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

TlsIdentity::TlsIdentity(Validity validity) : context_(SSL_CTX_new(TLS_server_method())) {
  const std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, Freer<X509_free>> certificate(X509_new());
  Require(context_ != nullptr && key != nullptr && certificate != nullptr, "allocation");
  constexpr long kDay = 24L * 60 * 60;
  const bool expired = validity == Validity::kExpired;
  X509* const x509 = certificate.get();
  Require(X509_set_version(x509, X509_VERSION_3) == 1, "version");
  Require(ASN1_INTEGER_set(X509_get_serialNumber(x509), 1) == 1, "serial number");
  X509_gmtime_adj(X509_getm_notBefore(x509), -2 * kDay);
  X509_gmtime_adj(X509_getm_notAfter(x509), expired ? -kDay : kDay);
  X509_NAME* const name = X509_get_subject_name(x509);
  const std::string common_name = "Quillbrook test server";
  Require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(common_name.data()),
                                     static_cast<int>(common_name.size()), -1, 0) == 1,
          "name");
  Require(X509_set_issuer_name(x509, name) == 1, "issuer");
  Require(X509_set_pubkey(x509, key.get()) == 1, "public key");
  const auto extend = [x509](int what, const char* value) {
    const std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, what, value));
    Require(extension != nullptr && X509_add_ext(x509, extension.get(), -1) == 1, value);
  };
  extend(NID_subject_alt_name, "DNS:quillbrook.example,IP:127.0.0.1");
  extend(NID_basic_constraints, "critical,CA:TRUE");
  Require(X509_sign(x509, key.get(), EVP_sha256()) > 0, "signature");
  Require(SSL_CTX_use_certificate(context_.get(), x509) == 1, "certificate");
  Require(SSL_CTX_use_PrivateKey(context_.get(), key.get()) == 1, "key");

  certificate_file_ = WriteTemporary(
      "schoolwatch-ca-XXXXXX", [x509](std::FILE* file) { return PEM_write_X509(file, x509) == 1; });
  key_file_ = WriteTemporary("schoolwatch-key-XXXXXX", [&key](std::FILE* file) {
    return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  });
}

TlsIdentity::~TlsIdentity() {
  std::error_code ignored;
  std::filesystem::remove(certificate_file_, ignored);
  std::filesystem::remove(key_file_, ignored);
}

}  // namespace schoolwatch::net
