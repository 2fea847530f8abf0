#include "app/owner/owner.h"

#include <array>
#include <chrono>
#include <exception>
#include <ostream>
#include <sstream>
#include <streambuf>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "app/owner/served_command.h"
#include "app/owner/served_request.h"
#include "core/mutex.h"
#include "net/local_socket.h"

namespace schoolwatch::app {
namespace {

using std::chrono::seconds;

// A long answer to one client must not hold up all others; more at once would only take time from
// the pipeline.
constexpr std::size_t kThreads = 3;
constexpr seconds kRequestPatience{5};
constexpr seconds kReplyPatience{10};
// Of output in one frame. Bytes may take six characters in JSON.
constexpr std::size_t kPiece = 64 << 10;
static_assert(kPiece * 6 < kMaxReplyBytes);

// Sends what is written to it as it comes. Once the client is gone everything is dropped.
class ReplyStream final : public std::streambuf {
 public:
  ReplyStream(net::LocalConnection& client, Output::To to) : client_(client), to_(to) { Begin(); }

 protected:
  int_type overflow(int_type next) override {
    if (sync() != 0) {
      return traits_type::eof();
    }
    if (!traits_type::eq_int_type(next, traits_type::eof())) {
      *pptr() = traits_type::to_char_type(next);
      pbump(1);
    }
    return traits_type::not_eof(next);
  }
  int sync() override {
    const std::string_view bytes(pbase(), static_cast<std::size_t>(pptr() - pbase()));
    gone_ = gone_ || (!bytes.empty() &&
                      !client_.Send(ToFrame(Output{to_, std::string(bytes)}), kReplyPatience));
    Begin();
    return gone_ ? -1 : 0;
  }

 private:
  void Begin() { setp(buffer_.data(), buffer_.data() + buffer_.size()); }

  net::LocalConnection& client_;
  const Output::To to_;
  bool gone_ = false;
  std::array<char, kPiece> buffer_;
};

class SocketOwner final : public Owner {
 public:
  SocketOwner(storage::Store& store, storage::OpenMode mode, net::LocalListener listener)
      : store_(store), mode_(mode), listener_(std::move(listener)) {
    for (std::size_t i = 0; i < kThreads; ++i) {
      threads_.emplace_back([this] { Serve(); });
    }
  }
  ~SocketOwner() override {
    listener_.Stop();
    threads_.clear();
  }

 private:
  void Serve() {
    while (std::optional<net::LocalConnection> client = listener_.Accept()) {
      try {
        Answer(*client);
      } catch (const std::exception& error) {
        // One of the edges where exceptions end.
        Tell(*client, Output{Output::To::kErrors,
                             std::string("schoolwatch: internal error: ") + error.what() + "\n"});
        Tell(*client, Ended{ExitCode::kInternal});
      }
    }
  }

  void Answer(net::LocalConnection& client) {
    const auto frame = client.Receive(kMaxRequestBytes, kRequestPatience);
    if (!frame || !*frame) {
      return;  // No client of ours.
    }
    const core::Result<ServedRequest> request = ParseRequest(**frame);
    if (!request) {
      return Tell(client, NotNow{request.error().message});
    }
    core::Result<ServedCommand> command = ServedCommand::Read(*request);
    if (!command) {
      return Tell(client, NotNow{command.error().message});
    }
    const bool writes = command->mode() == storage::OpenMode::kReadWrite;
    if (writes && mode_ == storage::OpenMode::kReadOnly) {
      return Tell(client, NotNow{"the process that holds the store only reads"});
    }
    if (!client.Send(ToFrame(Begun{}), kReplyPatience)) {
      return;
    }
    ReplyStream out_bytes(client, Output::To::kOut);
    ReplyStream error_bytes(client, Output::To::kErrors);
    std::ostream out(&out_bytes);
    std::ostream errors(&error_bytes);
    ExitCode status = ExitCode::kDone;
    if (writes) {
      // The pipeline waits for its turn meanwhile: no client may make that longer by reading
      // slowly.
      std::ostringstream held_out;
      std::ostringstream held_errors;
      {
        const core::MutexLock turn(store_.turn());
        status = command->Run(store_, held_out, held_errors);
      }
      out << held_out.view();
      errors << held_errors.view();
    } else {
      status = command->Run(store_, out, errors);
    }
    out.flush();
    errors.flush();
    Tell(client, Ended{status});
  }

  static void Tell(net::LocalConnection& client, const Reply& reply) {
    // A client that has gone needs no answer.
    (void)client.Send(ToFrame(reply), kReplyPatience).has_value();
  }

  storage::Store& store_;
  const storage::OpenMode mode_;
  net::LocalListener listener_;
  std::vector<std::jthread> threads_;
};

}  // namespace

core::Result<std::unique_ptr<Owner>> Owner::Start(storage::Store& store, storage::OpenMode mode,
                                                  const std::filesystem::path& folder) {
  SW_ASSIGN(net::LocalListener listener, net::LocalListener::Listen(OwnerSocket(folder)));
  return std::make_unique<SocketOwner>(store, mode, std::move(listener));
}

std::unique_ptr<Owner> ServeOthers(storage::Store& store, storage::OpenMode mode,
                                   const std::filesystem::path& folder, std::ostream& errors) {
  core::Result<std::unique_ptr<Owner>> owner = Owner::Start(store, mode, folder);
  if (!owner) {
    errors << "schoolwatch: nobody can look while this runs: " << owner.error().message << '\n';
    return nullptr;
  }
  return *std::move(owner);
}

std::filesystem::path OwnerSocket(const std::filesystem::path& folder) { return folder / "socket"; }

}  // namespace schoolwatch::app
