#include "collector/db/redis/client.h"

#include <utility>

#include "base/core/strings.h"
#include "base/net/file.h"

namespace tocsin::collector {

void RedisClient::start(std::function<void(const Result<void>&)> done) {
    done_ = std::move(done);
    last_error_.clear();
    refused_.reset();
    if (!stream_) connect();
}

void RedisClient::drop() {
    done_ = nullptr;
    soon_.cancel();
    stream_.reset();
    reader_.reset();
    open_ = false;
    outgoing_.clear();
    waiting_.clear();
}

void RedisClient::connect() {
    database_ = 0;
    no_database_.clear();
    std::vector<std::string> login;
    if (!config_.password_file.empty()) {
        auto password = net::read_secret(config_.password_file);
        if (!password) {
            soon_ = loop_.after(Duration{0}, [this, why = password.error()] { fail(why); });
            return;
        }
        login = {"AUTH", password.value().reveal()};
        if (!config_.user.empty()) login.insert(login.begin() + 1, config_.user);
    }
    if (!login.empty()) {
        ask(login, [this](const RespReply& reply) {
            if (!reply.is_error()) return;
            refused_ = Error(ErrorCode::kUnauthorized,
                             config_.peer.text() + " refuses the login: " + valid_utf8(reply.text) +
                                 "; check \"user\" and " + config_.password_file);
        });
    }
    ask({"CLIENT", "SETNAME", "tocsin"}, [](const RespReply&) {});
    reader_ = std::make_unique<RespReader>();
    stream_ = net::ByteStream::open(
        loop_, pool_, config_.peer,
        [this] {
            open_ = true;
            send();
        },
        [this](const Result<std::string_view>& bytes) { heard(bytes); });
}

void RedisClient::ask(const std::vector<std::string>& words, Take take) {
    outgoing_ += resp_command(words);
    waiting_.push_back(std::move(take));
    if (open_ && !soon_.armed()) soon_ = loop_.after(Duration{0}, [this] { send(); });
}

void RedisClient::ask_in(int database, const std::vector<std::string>& words, Take take) {
    if (database != database_) {
        database_ = database;
        ask({"SELECT", std::to_string(database)}, [this](const RespReply& reply) {
            no_database_ = reply.is_error() ? reply.text : std::string();
        });
    }
    // It was answered for the database before when that one does not exist.
    ask(words, [this, take = std::move(take)](const RespReply& reply) {
        if (no_database_.empty()) return take(reply);
        RespReply instead;
        instead.kind = RespReply::Kind::kError;
        instead.text = no_database_;
        take(instead);
    });
}

void RedisClient::send() {
    if (!outgoing_.empty()) stream_->write(std::exchange(outgoing_, {}));
}

void RedisClient::heard(const Result<std::string_view>& bytes) {
    if (!bytes) {
        Error why = bytes.error();
        if (!last_error_.empty()) why.message += " after it said: " + last_error_;
        return fail(std::move(why));
    }
    if (auto fed = reader_->feed(bytes.value()); !fed) return fail(std::move(fed).error());
    if (!take_answers()) return;
    if (done_ && waiting_.empty()) settle(success());
}

// False when the connection is gone.
bool RedisClient::take_answers() {
    for (;;) {
        auto next = reader_->next();
        if (!next) {
            fail(std::move(next).error());
            return false;
        }
        if (!next.value()) return true;
        if (waiting_.empty()) {
            // It says why before it closes: too many clients, protected mode.
            last_error_ = valid_utf8(next.value()->text);
            continue;
        }
        answer(*next.value());
        if (refused_) {
            fail(*refused_);
            return false;
        }
    }
}

void RedisClient::answer(const RespReply& reply) {
    const Take take = std::move(waiting_.front());
    waiting_.pop_front();
    if (reply.is_error()) {
        last_error_ = valid_utf8(reply.text);
        if (reply.text.starts_with("NOAUTH")) {
            refused_ = Error(ErrorCode::kUnauthorized,
                             config_.peer.text() + ": " + last_error_ + "; set \"password_file\"");
        }
    }
    take(reply);
}

void RedisClient::fail(Error why) {
    const auto done = std::exchange(done_, nullptr);
    drop();
    done_ = done;
    settle(why);
}

void RedisClient::settle(const Result<void>& result) {
    // Last, as it may begin the next collection or destroy this.
    if (const auto done = std::exchange(done_, nullptr)) done(result);
}

}  // namespace tocsin::collector
