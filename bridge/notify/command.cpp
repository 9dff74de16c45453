#include "bridge/notify/command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "base/core/strings.h"
#include "bridge/notify/content.h"
#include "bridge/notify/markup.h"
#include "bridge/notify/own_template.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostOutput = 4096;
constexpr const char* kPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr const char* kLocale = "LC_ALL=C.UTF-8";

Outcome failed(OutcomeReason reason, std::string detail) {
    return {Delivery::kRetry, reason, std::move(detail), {}};
}

// A process group of its own, /dev/null to read from, one pipe for both outputs, no descriptors.
int spawn(const std::vector<std::string>& words, int output, pid_t& pid) {
    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    sigset_t every;
    sigset_t none;
    sigfillset(&every);
    sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes, &every);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    // posix_spawn takes char* and does not write to it.
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    std::array<char*, 3> environment{const_cast<char*>(kPath), const_cast<char*>(kLocale), nullptr};
    const int error = ::posix_spawn(&pid, words.front().c_str(), &actions, &attributes, argv.data(),
                                    environment.data());
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    return error;
}

int remaining_ms(std::chrono::steady_clock::time_point end) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

// Reads until the program has ended or the time has come; what it prints beyond the limit passes.
bool wait_for_end(int output, int pidfd, std::chrono::steady_clock::time_point end,
                  std::string& text) {
    std::array<char, 1024> block{};
    std::array<pollfd, 2> fds = {pollfd{pidfd, POLLIN, 0}, pollfd{output, POLLIN, 0}};
    while (true) {
        const int ready = ::poll(fds.data(), fds.size(), remaining_ms(end));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return false;
        if (fds[1].revents != 0) {
            const ssize_t got = ::read(output, block.data(), block.size());
            if (got > 0) {
                const std::size_t room = kMostOutput - std::min(kMostOutput, text.size());
                text.append(block.data(), std::min(room, static_cast<std::size_t>(got)));
                continue;
            }
            fds[1].fd = -1;  // nobody writes there any more
        }
        if (fds[0].revents != 0) return true;
    }
}

Outcome run(const std::vector<std::string>& words, Duration timeout) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
        return failed(OutcomeReason::kUnreachable, std::string("a pipe: ") + std::strerror(errno));
    }
    pid_t pid = 0;
    const int error = spawn(words, pipe[1], pid);
    ::close(pipe[1]);
    if (error != 0) {
        ::close(pipe[0]);
        return failed(OutcomeReason::kUnreachable, words.front() + ": " + std::strerror(error));
    }
    const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    std::string text;
    const bool ended = pidfd >= 0 && wait_for_end(pipe[0], pidfd,
                                                  std::chrono::steady_clock::now() + timeout, text);
    ::kill(-pid, SIGKILL);  // and what it left behind in its group
    int status = 0;
    ::waitpid(pid, &status, 0);
    if (pidfd >= 0) ::close(pidfd);
    ::close(pipe[0]);
    if (!ended) {
        return failed(OutcomeReason::kTimeout,
                      words.front() + " did not end within " + format_duration(timeout));
    }
    return command_outcome(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text);
}

class Command final : public Notifier {
  public:
    Command(CommandChannel channel, const NotifierContext& context)
        : channel_(std::move(channel)), templates_(context.templates) {}

    Outcome send(const Message& message) override {
        return run(command_words(channel_, message, templates_), channel_.timeout);
    }

  private:
    const CommandChannel channel_;
    const MessageTemplates templates_;
};

}  // namespace

std::vector<std::string> command_words(const CommandChannel& channel, const Message& message,
                                       const MessageTemplates& templates) {
    Dot dot(message, content_of(message),
            [](std::string_view text) { return escaped(Dialect::kPlain, text); });
    dot.set("Text", short_text(message, templates, static_cast<std::size_t>(channel.max_length)));
    std::vector<std::string> words;
    for (const std::string& word : channel.command) {
        // A NUL would end the word for the program.
        words.push_back(words.empty() ? word : valid_utf8(dot.render(word, "")));
    }
    return words;
}

Outcome command_outcome(int status, std::string_view output) {
    const std::string line(trim(output.substr(0, output.find('\n'))).substr(0, 200));
    Outcome outcome;
    outcome.detail = "exit status " + std::to_string(status);
    if (!line.empty()) outcome.detail += ": " + valid_utf8(line);
    outcome.reason = OutcomeReason::kServerError;
    if (status == 0) {
        outcome.delivery = Delivery::kDelivered;
        outcome.reason = OutcomeReason::kDelivered;
    } else if (status == EX_USAGE || status == EX_DATAERR || status == EX_NOUSER) {
        outcome.delivery = Delivery::kPermanent;
        outcome.reason = OutcomeReason::kRejected;
    }
    return outcome;
}

Result<std::unique_ptr<Notifier>> make_command(const CommandChannel& channel,
                                               const NotifierContext& context) {
    if (::access(channel.command.front().c_str(), X_OK) != 0) {
        return errno_error(channel.command.front(), errno);
    }
    return std::unique_ptr<Notifier>(std::make_unique<Command>(channel, context));
}

}  // namespace tocsin::bridge
