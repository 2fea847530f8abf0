#pragma once

#include <filesystem>

#include "alerts/channels/channel.h"

namespace schoolwatch::alerts {

// `channel: folder`: messages as .eml files, for trying out, for the demo, and for a mail program
// or another mailer that picks them up.
extern const ChannelInfo kFolderChannel;

// Writes into `folder` (made with its parents, 0700), one file a message (0600), named by time and
// Message-ID. A file is there whole or not at all, and on disk before Deliver returns; a repeat
// finds the file and writes nothing. Names that start with a dot are unfinished.
class FolderSink final : public AlertSink {
 public:
  // Borrows the composer.
  FolderSink(std::filesystem::path folder, const Composer& composer)
      : folder_(std::move(folder)), composer_(composer) {}
  core::Result<void> Deliver(const AlertBatch& batch) override;

  // The file that a batch goes to, without its folder.
  static std::string FileName(const core::OutboxBatch& batch);

 private:
  std::filesystem::path folder_;
  const Composer& composer_;
};

}  // namespace schoolwatch::alerts
