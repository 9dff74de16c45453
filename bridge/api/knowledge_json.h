// Problems, reviews, articles and past incidents as the API writes them. Pure. For the .cpp files
// of this folder alone.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "bridge/ingest/records.h"
#include "bridge/store/knowledge.h"

namespace tocsin::bridge {

// What is known beside an incident: similar, problems, reviews, articles. `url` is what links start
// with.
void put_background(boost::json::object& out, const Background& background, std::string_view url);

std::string record_page_json(RecordKind kind, const RecordPage& page, std::string_view url,
                             Timestamp now);
// With its timeline and incidents; `result` is what a move came to, "" for none.
std::string record_json(const RecordDetail& detail, std::string_view url, Timestamp now,
                        std::string_view result = "");
std::string record_refusal_json(const RecordRefusal& refusal, std::string_view language);

}  // namespace tocsin::bridge
