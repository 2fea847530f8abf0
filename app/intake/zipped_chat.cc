#include "app/intake/zipped_chat.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <system_error>
#include <utility>

#include <openssl/evp.h>

#include "core/hash.h"
#include "core/text/fold.h"
#include "crawler/readers/chat_export.h"
#include "crawler/readers/mail_parts.h"

namespace schoolwatch::app {
namespace {

constexpr std::size_t kPieceBytes = 128u << 10;
constexpr std::size_t kBeginning = 64u << 10;

struct ArchiveDeleter {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Archive = std::unique_ptr<archive, ArchiveDeleter>;
using OpenArchive = std::function<core::Result<Archive>()>;

std::unexpected<core::Error> Refuse(std::string why) {
  return core::Fail(core::ErrorKind::kBadInput, std::move(why));
}

Archive NewReader() {
  Archive reader(archive_read_new());
  if (reader != nullptr) {
    archive_read_support_format_zip(reader.get());
  }
  return reader;
}

// SHA-256 in pieces.
class Hasher {
 public:
  Hasher() : context_(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
  }
  void Add(std::string_view piece) { EVP_DigestUpdate(context_.get(), piece.data(), piece.size()); }
  std::string Finish() {
    core::Sha256 digest{};
    EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
    return core::ToHex(digest);
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

std::string NameOf(archive_entry* entry) {
  const char* name = archive_entry_pathname(entry);
  name = name == nullptr ? archive_entry_pathname_utf8(entry) : name;
  return name == nullptr ? "" : core::RepairUtf8(name);
}

// Names that lead out of a folder: nothing is unpacked to one, but whoever makes such means harm.
bool LeadsOut(std::string_view name) {
  return name.starts_with('/') || name.starts_with('\\') || name == ".." ||
         name.starts_with("../") || name.find("/../") != std::string_view::npos ||
         name.find("..\\") != std::string_view::npos || name.ends_with("/..");
}

// The bytes of the entry at hand. False from `take` leaves the rest.
core::Result<void> ReadEntry(archive* reader, const TakePiece& take) {
  std::string piece(kPieceBytes, '\0');
  for (;;) {
    const la_ssize_t size = archive_read_data(reader, piece.data(), piece.size());
    if (size < 0) {
      return Refuse("the zip is damaged, or locked by a password");
    }
    if (size == 0 || !take(std::string_view(piece).substr(0, static_cast<std::size_t>(size)))) {
      return {};
    }
  }
}

// nullptr: there is no further entry.
core::Result<archive_entry*> NextEntry(archive* reader) {
  archive_entry* entry = nullptr;
  const int status = archive_read_next_header(reader, &entry);
  if (status == ARCHIVE_EOF) {
    return static_cast<archive_entry*>(nullptr);
  }
  if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
    return Refuse("it is no zip that can be read");
  }
  return entry;
}

ByteSource SourceOfEntry(OpenArchive open, std::size_t number) {
  return [open = std::move(open), number](const TakePiece& take) -> core::Result<void> {
    SW_ASSIGN(const Archive reader, open());
    for (std::size_t i = 0;; ++i) {
      SW_ASSIGN(archive_entry* const entry, NextEntry(reader.get()));
      if (entry == nullptr) {
        return Refuse("the zip has changed while it was read");
      }
      if (i == number) {
        return ReadEntry(reader.get(), take);
      }
    }
  };
}

core::Result<ZippedChat> Look(const OpenArchive& open, std::size_t packed,
                              const UnzipLimits& limits) {
  const std::size_t most =
      std::min(limits.unpacked_bytes, std::max<std::size_t>(packed, 4096) * limits.ratio);
  SW_ASSIGN(const Archive reader, open());
  ZippedChat found;
  std::size_t unpacked = 0;
  for (std::size_t number = 0;; ++number) {
    SW_ASSIGN(archive_entry* const entry, NextEntry(reader.get()));
    if (entry == nullptr) {
      break;
    }
    if (number >= limits.entries) {
      return Refuse("the zip holds more than " + std::to_string(limits.entries) + " files");
    }
    if (archive_entry_is_encrypted(entry) != 0) {
      return Refuse("the zip is locked by a password");
    }
    const std::string path = NameOf(entry);
    if (LeadsOut(path)) {
      return Refuse("the zip holds a file whose name leads out of its folder");
    }
    if (archive_entry_filetype(entry) != AE_IFREG) {
      continue;
    }
    core::ReceivedFile file{
        .name = crawler::CleanFileName(path), .type = "", .size = 0, .sha256 = ""};
    Hasher hasher;
    std::string beginning;
    SW_TRY(ReadEntry(reader.get(), [&](std::string_view piece) {
      unpacked += piece.size();
      file.size += piece.size();
      hasher.Add(piece);
      beginning += piece.substr(0, kBeginning - std::min(kBeginning, beginning.size()));
      return unpacked <= most;
    }));
    if (unpacked > most) {
      return Refuse("the zip unpacks to more than " + std::to_string(most >> 20) + " MB");
    }
    file.sha256 = hasher.Finish();
    if (crawler::IsPicture(file.name, "")) {
      found.pictures.push_back(std::move(file));
    } else if (!found.chat && crawler::LooksLikeChat(beginning)) {
      found.entry = file.name;
      found.chat = SourceOfEntry(open, number);
    } else {
      found.others.push_back(std::move(file));
    }
  }
  return found;
}

}  // namespace

core::Result<ZippedChat> LookIntoZip(const std::filesystem::path& file, const UnzipLimits& limits) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (error) {
    return core::Fail(core::ErrorKind::kUnavailable, "it cannot be read: " + error.message());
  }
  return Look(
      [file]() -> core::Result<Archive> {
        Archive reader = NewReader();
        if (reader == nullptr ||
            archive_read_open_filename(reader.get(), file.c_str(), kPieceBytes) != ARCHIVE_OK) {
          return Refuse("it is no zip that can be read");
        }
        return reader;
      },
      size, limits);
}

core::Result<ZippedChat> LookIntoZip(std::string_view bytes, const UnzipLimits& limits) {
  return Look(
      [bytes]() -> core::Result<Archive> {
        Archive reader = NewReader();
        if (reader == nullptr ||
            archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
          return Refuse("it is no zip that can be read");
        }
        return reader;
      },
      bytes.size(), limits);
}

}  // namespace schoolwatch::app
