// A Redis server of a test's own: answers each command with the bytes that stand for it.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/stream_peer.h"

namespace tocsin::test {

inline std::string resp_bulk(const std::string& text) {
    return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

class RedisPeer {
  public:
    // By the command's words with blanks between; what is not there is an unknown command.
    // "" in place of an answer: none, ever. kHangUp: the connection ends.
    using Answers = std::map<std::string, std::string>;
    static constexpr const char* kHangUp = "hang up";

    explicit RedisPeer(Answers answers)
        : answers_(std::move(answers)),
          server_([this](const PeerConnection& connection) { serve(connection); }) {}

    std::uint16_t port() const { return server_.port(); }
    int connections() const { return server_.connections(); }
    std::vector<std::string> heard() const {
        const std::lock_guard lock(mutex_);
        return heard_;
    }
    void answer(const std::string& command, std::string with) {
        const std::lock_guard lock(mutex_);
        answers_[command] = std::move(with);
    }

  private:
    // Takes a whole "*2\r\n$3\r\nGET\r\n$1\r\na\r\n" off the front.
    static bool take_command(std::string& bytes, std::string& command) {
        std::size_t at = 0;
        const auto number = [&](char mark) {
            const std::size_t end = bytes.find("\r\n", at);
            if (end == std::string::npos || bytes[at] != mark) return -1;
            const int value = std::stoi(bytes.substr(at + 1, end - at - 1));
            at = end + 2;
            return value;
        };
        command.clear();
        const int words = number('*');
        for (int i = 0; i < words; ++i) {
            const int size = number('$');
            if (size < 0 || bytes.size() < at + static_cast<std::size_t>(size) + 2) return false;
            command += (i > 0 ? " " : "") + bytes.substr(at, static_cast<std::size_t>(size));
            at += static_cast<std::size_t>(size) + 2;
        }
        if (words > 0) bytes.erase(0, at);
        return words > 0;
    }

    void serve(const PeerConnection& connection) {
        std::string bytes;
        std::string command;
        while (connection.read(bytes)) {
            while (take_command(bytes, command)) {
                std::string answer = "-ERR unknown command\r\n";
                {
                    const std::lock_guard lock(mutex_);
                    heard_.push_back(command);
                    const auto found = answers_.find(command);
                    if (found != answers_.end()) answer = found->second;
                }
                if (answer == kHangUp) return;
                connection.write(answer);
            }
        }
    }

    mutable std::mutex mutex_;
    Answers answers_;
    std::vector<std::string> heard_;
    StreamPeer server_;
};

}  // namespace tocsin::test
