// What the bridge answered, read and shown: what is absent or of another type reads as empty.
#pragma once

#include <boost/json/fwd.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/session.h"
#include "cli/table.h"

namespace tocsin::cli {

// Null when it is absent.
const boost::json::value& member_of(const boost::json::value& from, std::string_view key);
// The member as text: strings as they are, null and absent as "", the rest as JSON.
std::string text_of(const boost::json::value& from, std::string_view key);
const boost::json::array& list_of(const boost::json::value& from, std::string_view key);
std::string label_of(const boost::json::value& incident, std::string_view name);
// "host=db-1, site=bj1"; "" without any.
std::string labels_text(const boost::json::value& from);
// A time to the minute, UTC: "2026-01-05 09:00"; "" for none.
std::string minute_of(const boost::json::value& from, std::string_view key);
// How long ago a time was: "2h 5m"; "" for none.
std::string age_of(const Session& session, const boost::json::value& from, std::string_view key);

// A list of the bridge: how it is asked for, and how a person sees it.
struct ListView {
    std::string path;       // with its query, "/api/v1/hosts"
    std::string_view list;  // the answer's member; "": the answer is the list
    std::vector<std::string> head;
    std::function<void(Table& table, const boost::json::value& item)> add;  // its row, or rows
    std::string_view none;  // what an empty list means, a sentence
    std::function<bool(const boost::json::value& item)> shows = {};  // all, when not given
};
// The exit status: 1 when there is none.
int show_list(const Session& session, const ListView& view);

}  // namespace tocsin::cli
