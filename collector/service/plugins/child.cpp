#include "collector/service/plugins/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace tocsin::collector {
namespace {

constexpr const char* kPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr int kDiesWithin = 100;  // milliseconds
constexpr const char* kLocale = "LC_ALL=C";

// posix_spawn's two descriptions of the child, freed together.
class Spawning {
  public:
    Spawning() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
    }
    ~Spawning() {
        ::posix_spawnattr_destroy(&attributes_);
        ::posix_spawn_file_actions_destroy(&actions_);
    }
    Spawning(const Spawning&) = delete;
    Spawning& operator=(const Spawning&) = delete;

    // 0 or an errno value.
    int run(const std::vector<std::string>& command, int output, pid_t& pid) {
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
        sigset_t every;
        sigset_t none;
        sigfillset(&every);
        sigemptyset(&none);
        ::posix_spawnattr_setsigdefault(&attributes_, &every);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
        // posix_spawn takes char* and does not write to it.
        std::vector<char*> argv;
        argv.reserve(command.size() + 1);
        for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
        argv.push_back(nullptr);
        std::array<char*, 3> environment{const_cast<char*>(kPath), const_cast<char*>(kLocale),
                                         nullptr};
        return ::posix_spawn(&pid, command.front().c_str(), &actions_, &attributes_, argv.data(),
                             environment.data());
    }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

int open_pidfd(pid_t pid) {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

}  // namespace

Result<std::unique_ptr<Child>> Child::start(net::Loop& loop,
                                            const std::vector<std::string>& command,
                                            std::function<void(const ChildEnd&)> done) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) return errno_error("a pipe", errno);
    // The child's end must block as a terminal's does.
    ::fcntl(pipe[1], F_SETFL, 0);
    pid_t pid = 0;
    const int failed = Spawning().run(command, pipe[1], pid);
    ::close(pipe[1]);
    if (failed != 0) {
        ::close(pipe[0]);
        return errno_error("starting " + command.front(), failed);
    }
    const int pidfd = open_pidfd(pid);
    if (pidfd < 0) {
        const int why = errno;
        ::kill(-pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        ::close(pipe[0]);
        return errno_error("watching " + command.front(), why);
    }
    std::unique_ptr<Child> child(new Child(pid, pidfd, pipe[0], std::move(done)));
    child->watch(loop);
    return child;
}

Child::Child(pid_t pid, int pidfd, int output, std::function<void(const ChildEnd&)> done)
    : pid_(pid), pidfd_(pidfd), output_(output), done_(std::move(done)) {}

Child::~Child() {
    readable_.reset();
    exited_.reset();
    if (!reaped_) {
        kill();
        // It dies at once. One in an uninterruptible sleep is not waited for.
        pollfd gone{pidfd_, POLLIN, 0};
        ::poll(&gone, 1, kDiesWithin);
        ::waitpid(pid_, nullptr, WNOHANG);
    }
    ::close(output_);
    ::close(pidfd_);
}

void Child::kill() {
    if (!reaped_) ::kill(-pid_, SIGKILL);
}

void Child::watch(net::Loop& loop) {
    readable_ = loop.on_readable(output_, [this] { read_output(); });
    exited_ = loop.on_readable(pidfd_, [this] { ended(); });
}

void Child::read_output() {
    std::array<char, 4096> block{};
    for (;;) {
        const ssize_t got = ::read(output_, block.data(), block.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return;  // EAGAIN: all that has come was read
        if (got == 0) {
            readable_.reset();
            return;
        }
        const std::size_t room = kMostOutput - end_.output.size();
        end_.output.append(block.data(), std::min(room, static_cast<std::size_t>(got)));
        if (static_cast<std::size_t>(got) > room) {
            end_.flooded = true;
            kill();
            readable_.reset();
            return;
        }
    }
}

void Child::ended() {
    // Before it is reaped, so that the group's number cannot be another's yet.
    ::kill(-pid_, SIGKILL);
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0) return;
    reaped_ = true;
    end_.status = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    exited_.reset();
    if (readable_) read_output();
    readable_.reset();
    const auto done = std::exchange(done_, nullptr);
    const ChildEnd end = std::move(end_);
    done(end);  // may destroy this
}

}  // namespace tocsin::collector
