#include "app/owner/store_command.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <sstream>
#include <utility>

#include "app/command_table.h"
#include "app/owner/owner.h"
#include "app/owner/served_request.h"
#include "app/terminal.h"
#include "config/bank_holidays.h"
#include "net/local_socket.h"
#include "storage/store_folder.h"

namespace schoolwatch::app {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Steady = std::chrono::steady_clock;

constexpr milliseconds kPause{50};
constexpr milliseconds kSendPatience{5'000};
// Between two pieces of an answer: a command that computes for longer is stuck.
constexpr milliseconds kAnswerPatience{600'000};
constexpr std::size_t kMostOutput = 256u << 20;

milliseconds Left(Steady::time_point deadline) {
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(deadline - Steady::now()));
}

struct Answer {
  std::string out;
  std::string errors;
  ExitCode status = ExitCode::kDone;
};

// How an attempt to be served ended that gave no answer.
struct NoAnswer {
  enum class Then { kTryAgain, kGiveUp } then = Then::kTryAgain;
  std::string why;  // Empty: nobody listens.
};

std::unexpected<NoAnswer> TryAgain(std::string why) {
  return std::unexpected(NoAnswer{NoAnswer::Then::kTryAgain, std::move(why)});
}

// One attempt to have the store's holder do the command.
std::expected<Answer, NoAnswer> AskOwner(const fs::path& folder, const ServedRequest& request,
                                         const StoreCommand& command, milliseconds patience) {
  core::Result<net::LocalConnection> owner = net::LocalConnection::Connect(OwnerSocket(folder));
  if (!owner) {
    const bool nobody = owner.error().kind == core::ErrorKind::kNotFound;
    return TryAgain(nobody ? "" : owner.error().message);
  }
  if (!owner->Send(ToFrame(request), kSendPatience)) {
    return TryAgain("it hung up");
  }
  Answer answer;
  for (bool begun = false;;) {
    const auto frame = owner->Receive(kMaxReplyBytes, begun ? kAnswerPatience : patience);
    core::Result<Reply> reply = core::Fail(core::ErrorKind::kUnavailable, "it has gone");
    if (frame && *frame) {
      reply = ParseReply(**frame);
    }
    if (!reply) {
      if (!begun || command.repeatable || command.mode == storage::OpenMode::kReadOnly) {
        return TryAgain(frame ? reply.error().message : frame.error().message);
      }
      return std::unexpected(NoAnswer{
          NoAnswer::Then::kGiveUp,
          "the process that holds the store ended, or was stopped, before it had answered; look "
          "whether the change was made, and if not give the command again"});
    }
    if (const auto* const not_now = std::get_if<NotNow>(&*reply)) {
      return TryAgain(not_now->why);
    }
    if (const auto* const output = std::get_if<Output>(&*reply)) {
      // Kept until all of it is there: whoever reads us slowly holds up nobody else, and what was
      // cut off can be asked for again.
      std::string& to = output->to == Output::To::kOut ? answer.out : answer.errors;
      to += output->bytes;
      if (to.size() > kMostOutput) {
        return std::unexpected(NoAnswer{NoAnswer::Then::kGiveUp, "the answer is too long"});
      }
    }
    if (const auto* const ended = std::get_if<Ended>(&*reply)) {
      answer.status = ended->status;
      return answer;
    }
    begun = true;
  }
}

ServedRequest RequestOf(const CommandContext& context) {
  std::error_code error;
  ServedRequest request{.words = context.words,
                        .folder = fs::current_path(error),
                        .config_dir = fs::absolute(context.config_dir, error),
                        .data_dir = {},
                        .user = context.user,
                        .width = context.width};
  if (const core::Result<fs::path> data_dir = FindDataDir(context)) {
    request.data_dir = fs::absolute(*data_dir, error);
  }
  return request;
}

// Null: none is needed, and there is none.
core::Result<std::optional<config::Configuration>> LoadFor(const CommandContext& context,
                                                           const StoreCommand& command) {
  if (command.configuration == NeedsConfiguration::kIfAny && !FindConfigDir(context)) {
    return std::nullopt;
  }
  config::Diagnostics problems;
  SW_ASSIGN(config::Configuration configuration,
            config::LoadConfiguration(context.config_dir, problems, config::Secrets::kLeave));
  if (const core::Result<fs::path> data_dir = FindDataDir(context); data_dir) {
    // Of a damaged list the run and `check` tell.
    config::AddBankHolidays(*data_dir, context.config_dir, configuration.settings, problems);
  }
  return std::optional(std::move(configuration));
}

ExitCode Work(const CommandContext& context, const StoreCommand& command,
              const std::optional<config::Configuration>& configuration, storage::Store* store,
              std::ostream& out, std::ostream& errors, std::function<void()> let_go = nullptr) {
  const core::Result<fs::path> data_dir = FindDataDir(context);
  StoreSession session{.store = store,
                       .config = configuration ? &*configuration : nullptr,
                       .data_dir = data_dir.value_or(fs::path()),
                       .user = context.user,
                       .width = context.width,
                       .out = out,
                       .errors = errors,
                       .alone = let_go != nullptr,
                       .let_go = let_go ? std::move(let_go) : [] {}};
  return command.work(session);
}

// All that the work printed, to where it belongs.
ExitCode Deliver(const StoreCommand& command, ExitCode status, std::string_view output) {
  if (command.take) {
    return status == ExitCode::kDone ? command.take(output) : status;
  }
  std::cout << output;
  return status;
}

}  // namespace

void ChooseStoreCommand(CommandContext& context, StoreCommand command) {
  context.store_command = std::move(command);
  context.chosen = [&context] { return RunStoreCommand(context, *context.store_command); };
}

ExitCode RunOnStore(const CommandContext& context, const StoreCommand& command,
                    storage::Store* store, std::ostream& out, std::ostream& errors) {
  const auto configuration = LoadFor(context, command);
  return configuration ? Work(context, command, *configuration, store, out, errors)
                       : ReportError(configuration.error(), errors);
}

ExitCode RunStoreCommand(const CommandContext& context, const StoreCommand& command) {
  const auto configuration = LoadFor(context, command);
  if (!configuration) {
    return Report(configuration.error());
  }
  std::unique_ptr<storage::Store> held;
  const auto work = [&](std::unique_ptr<storage::Store> store) {
    held = std::move(store);
    const auto let_go = [&held] { held.reset(); };
    if (!command.take) {
      return Work(context, command, *configuration, held.get(), std::cout, std::cerr, let_go);
    }
    std::ostringstream out;
    const ExitCode status =
        Work(context, command, *configuration, held.get(), out, std::cerr, let_go);
    held.reset();
    return Deliver(command, status, out.view());
  };
  if (!*configuration) {
    return work(nullptr);
  }
  const fs::path& folder = (*configuration)->settings.storage.folder;
  const core::Result<storage::StoreFiles> files = storage::CheckStoreFiles(folder);
  if (!files) {
    return Report(files.error());
  }
  if (*files == storage::StoreFiles::kNone) {
    return work(nullptr);  // A command makes no store: `run` does.
  }
  const seconds patience = context.wait.value_or(kStorePatience);
  const Steady::time_point deadline = Steady::now() + patience;
  const ServedRequest request = RequestOf(context);
  ProgressLine progress;
  std::string why;
  for (;;) {
    auto store = storage::Store::Open(folder, command.mode, command.holder);
    if (store) {
      progress.Clear();
      return work(*std::move(store));
    }
    if (store.error().kind != core::ErrorKind::kHeld) {
      progress.Clear();
      return Report(store.error());
    }
    const auto left = Left(deadline);
    const auto answer = AskOwner(folder, request, command, left);
    if (answer) {
      progress.Clear();
      std::cerr << answer->errors;
      return Deliver(command, answer->status, answer->out);
    }
    const NoAnswer& none = answer.error();
    if (none.then == NoAnswer::Then::kGiveUp) {
      progress.Clear();
      return Report(core::Fail(core::ErrorKind::kUnavailable, none.why).error());
    }
    // An answer that had hardly any time to come says less than the one before it.
    if (why.empty() || left > kPause) {
      why = none.why;
    }
    if (Left(deadline).count() == 0) {
      progress.Clear();
      return Report(core::Error{core::ErrorKind::kHeld,
                                fmt::format("{}; waited {} s{}{}", store.error().message,
                                            patience.count(), why.empty() ? "" : ": ", why)});
    }
    progress.Show(store.error().message + " …");
    ::poll(nullptr, 0, static_cast<int>(kPause.count()));
  }
}

core::Result<std::unique_ptr<storage::Store>> OpenStoreWithin(seconds patience,
                                                              const fs::path& folder,
                                                              storage::OpenMode mode,
                                                              std::string_view holder) {
  const Steady::time_point deadline = Steady::now() + patience;
  for (;;) {
    auto store = storage::Store::Open(folder, mode, holder);
    if (store || store.error().kind != core::ErrorKind::kHeld || Left(deadline).count() == 0) {
      return store;
    }
    ::poll(nullptr, 0, static_cast<int>(kPause.count()));
  }
}

ExitCode ReportNoStore(StoreSession& session) {
  session.errors << "schoolwatch: nothing was watched yet: there is no store\n";
  return ExitCode::kUsage;
}

}  // namespace schoolwatch::app
