// Values as the API writes them. For the .cpp files of this folder alone.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>

#include "base/core/time.h"
#include "base/model/labels.h"
#include "bridge/store/rows.h"

namespace tocsin::bridge {

inline boost::json::value text_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    return boost::json::string(text);
}

inline boost::json::value time_or_null(const std::optional<Timestamp>& time) {
    if (!time) return nullptr;
    return boost::json::string(format_rfc3339(*time));
}

inline boost::json::object labels_object(const Labels& labels) {
    boost::json::object out;
    for (const Label& label : labels) out[label.name.view()] = label.value.view();
    return out;
}

// A message as an incident and the list of messages tell of it.
boost::json::object message_object(const EffectRow& row);

}  // namespace tocsin::bridge
