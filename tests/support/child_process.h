// A program that a test starts, talks to by its standard output, and ends.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace tocsin::test {

class ChildProcess {
  public:
    explicit ChildProcess(std::vector<std::string> command) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
        pid_ = ::fork();
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::dup2(ends[1], STDOUT_FILENO);
            std::vector<char*> arguments;
            for (std::string& argument : command) arguments.push_back(argument.data());
            arguments.push_back(nullptr);
            ::execv(arguments[0], arguments.data());
            ::_exit(127);
        }
        ::close(ends[1]);
        output_ = ends[0];
    }
    ~ChildProcess() {
        stop(SIGKILL);
        ::close(output_);
    }
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    // Its next line without the newline; throws when none comes within twenty seconds.
    std::string read_line() {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        for (;;) {
            const std::size_t end = pending_.find('\n');
            if (end != std::string::npos) {
                std::string line = pending_.substr(0, end);
                pending_.erase(0, end + 1);
                return line;
            }
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                deadline - std::chrono::steady_clock::now());
            pollfd wait{output_, POLLIN, 0};
            char bytes[512];
            ssize_t got = 0;
            if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) <= 0 ||
                (got = ::read(output_, bytes, sizeof bytes)) <= 0) {
                throw std::runtime_error("the program said nothing more: \"" + pending_ + "\"");
            }
            pending_.append(bytes, static_cast<std::size_t>(got));
        }
    }

    void signal(int number) const { ::kill(pid_, number); }

    // Ends it and waits until it is gone; gives its wait status.
    int stop(int number = SIGTERM) {
        int status = 0;
        if (pid_ <= 0) return status;
        ::kill(pid_, number);
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
        return status;
    }
    pid_t pid() const { return pid_; }

  private:
    pid_t pid_ = -1;
    int output_ = -1;
    std::string pending_;
};

}  // namespace tocsin::test
