// Who may call what: bearer tokens with a role each. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/core/secret.h"
#include "base/net/http.h"
#include "bridge/config/config.h"

namespace tocsin::bridge {

// What a route asks for. A person's roles contain each other (admin ⊃ responder ⊃ viewer); an
// agent may send and read alerts and heartbeats, and nothing that people do; a reporter reports,
// reads what became of that and says whether it is solved.
enum class Access { kPublic, kAlerts, kView, kRespond, kAdmin, kReport, kViewOwn };
bool allows(Role role, Access access);

struct Token {
    std::string name;  // who acts: stands in the timeline
    Role role = Role::kViewer;
    Secret secret;
};

struct Caller {
    std::string name;  // a token's name; "" for a loopback caller without one
    Role role = Role::kViewer;
};

class AccessControl {
  public:
    // `names`: the hosts of `listen` and `url`, under which this machine's own callers may ask.
    // `pins`: by person; they open one-tap links and nothing else.
    using Pins = std::map<std::string, Secret, std::less<>>;
    AccessControl(std::vector<Token> tokens, LoopbackWithoutToken loopback,
                  std::vector<std::string> names = {}, Pins pins = {})
        : tokens_(std::move(tokens)),
          loopback_(loopback),
          names_(std::move(names)),
          pins_(std::move(pins)) {}

    // The caller; kUnauthorized, saying what to do, for no or a wrong token. A wrong token is never
    // let in, from anywhere.
    Result<Caller> identify(const net::Request& request) const;
    const Secret* pin_of(std::string_view person) const;  // null: they have none

  private:
    std::vector<Token> tokens_;
    LoopbackWithoutToken loopback_;
    std::vector<std::string> names_;
    Pins pins_;
};

}  // namespace tocsin::bridge
