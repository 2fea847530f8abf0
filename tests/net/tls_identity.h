#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/types.h>

namespace schoolwatch::net {

// A server's certificate, signed by itself, made at test time: good for "quillbrook.example" and
// 127.0.0.1, not for "localhost". Its files go with it.
class TlsIdentity {
 public:
  enum class Validity { kCurrent, kExpired };
  explicit TlsIdentity(Validity validity = Validity::kCurrent);
  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;
  ~TlsIdentity();

  // To be trusted as `ca_file`.
  const std::string& certificate_file() const { return certificate_file_; }
  // For a server of another process.
  const std::string& key_file() const { return key_file_; }
  // For the server's side of a handshake.
  SSL_CTX* context() const { return context_.get(); }

 private:
  struct Deleter {
    void operator()(SSL_CTX* context) const;
  };
  std::unique_ptr<SSL_CTX, Deleter> context_;
  std::string certificate_file_;
  std::string key_file_;
};

}  // namespace schoolwatch::net
