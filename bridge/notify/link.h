// One-tap links: an address that does one thing to one incident until it expires, signed so that
// nobody can make or change one. Pure.
//
// /l/<incident>/<action>/<expires, Unix seconds>/<person, ~ for none>/<signature>
//
// A link in a message to one person names that person; one in a group's message names nobody, and
// whoever follows it says who they are. Reading the address does nothing (link previews do that);
// what acts is the POST of the page behind it.
#pragma once

#include <string>
#include <string_view>

#include "base/core/secret.h"
#include "bridge/notify/message.h"

namespace tocsin::bridge {

struct Link {
    std::string incident;  // its key
    ActionKind action = ActionKind::kAcknowledge;
    std::string person;  // "" for none
    Timestamp expires;   // whole seconds
    bool operator==(const Link&) const = default;
};

// What a link may do; all else wants the page.
bool is_linkable(ActionKind action);
// Of those, what whoever reported it is asked; the others are for people who work on it.
bool is_of_reporters(ActionKind action);

// The path, signed: "/l/…".
std::string link_path(const Secret& key, const Link& link);

// The parts of such a path as a router takes it apart. kInvalid when it is not signed by this key
// for exactly these parts; kTimeout when it has expired.
struct LinkParts {
    std::string_view incident;
    std::string_view action;
    std::string_view expires;
    std::string_view person;
    std::string_view signature;
};
Result<Link> read_link(const Secret& key, const LinkParts& parts, Timestamp now);

// What opens a rotation's calendar (of one person's shifts; "": all) to a calendar program, which
// can send no token: the parameter `key` of its address. Without a rotation: all of the person's.
// It does not expire; another link key ends all of them.
std::string calendar_key(const Secret& key, std::string_view rotation, std::string_view person);
bool is_calendar_key(const Secret& key, std::string_view rotation, std::string_view person,
                     std::string_view presented);

// The links that fit the incident's state, for such a message to this person ("" for a group's).
std::vector<ActionLink> links_of(const Incident& incident, MessageKind kind,
                                 std::string_view person, const Secret& key, std::string_view base,
                                 Timestamp expires);

}  // namespace tocsin::bridge
