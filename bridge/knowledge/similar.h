// Which past incidents are like one, and what else is known beside it. Pure.
//
// The rule: incidents of the same dedup key come first. After them those of the same alertname; of
// these the ones that share the host, then the service, then more of the other labels (severity
// does not count). Incidents without an alertname, as people report them, are like each other when
// they share the host or the service. Of equally similar ones those come first that say a cause or
// a solution, then the newest.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "bridge/incident/incident.h"
#include "bridge/knowledge/record.h"

namespace tocsin::bridge {

inline constexpr std::size_t kMostSimilar = 3;

// 0: not similar.
int likeness(const Incident& one, const Incident& past);
// The best of these, at most kMostSimilar; the incident itself and those that are open are none.
std::vector<Incident> most_similar(const Incident& to, std::vector<Incident> past);

// The label, or what the services table found.
std::string service_of(const Incident& incident);

// An article as an incident names it.
struct ArticleTitle {
    std::string key;
    std::string title;
    Matchers match;
    std::string text{};  // of the first one that matches alone
};
inline constexpr std::size_t kMostArticles = 5;
// Those that match the incident's labels or one of its alerts'; those with more matchers first.
std::vector<ArticleTitle> matching_articles(const Incident& incident,
                                            std::vector<ArticleTitle> all);

// What is known beside an incident.
struct Background {
    std::vector<Incident> similar;  // without alerts
    std::vector<Record> problems;   // linked, and not rejected
    std::vector<Record> reviews;
    std::vector<ArticleTitle> articles;
};

}  // namespace tocsin::bridge
