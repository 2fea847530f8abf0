#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>

#include "core/result.h"
#include "storage/store.h"

namespace schoolwatch::app {

// Serves the commands of other processes from the store that this one holds, over the socket
// `<folder>/socket`, for as long as it lives: on a few threads of its own beside the pipeline. What
// writes has the store's turn.
class Owner {
 public:
  // Borrows the store, which was opened in `folder` with `mode`. An error says why nobody can be
  // served; those who want the store then wait until it is let go of.
  static core::Result<std::unique_ptr<Owner>> Start(storage::Store& store, storage::OpenMode mode,
                                                    const std::filesystem::path& folder);
  // Takes no further client, and ends what is being answered.
  virtual ~Owner() = default;
};

// Starts one, or says on `errors` why nobody is served, and gives null: the run matters more than
// those who look on, who wait until it is done.
std::unique_ptr<Owner> ServeOthers(storage::Store& store, storage::OpenMode mode,
                                   const std::filesystem::path& folder, std::ostream& errors);

// Where the owner of the store in `folder` listens.
std::filesystem::path OwnerSocket(const std::filesystem::path& folder);

}  // namespace schoolwatch::app
