// Histograms and summaries of text files as node_exporter tells them.
#pragma once

#include "collector/api/text_format.h"

namespace tocsin::collector {

// The samples of each histogram and summary made whole, as client_golang's are: every bound or
// quantile once, in one spelling and in order, with the value of its last line; a histogram's
// bucket +Inf, which is its count where no line says; _sum and _count, 0 where no line says. Counts
// are whole numbers, cut off after the point. Whatever else stands in the text stays, before them.
TextMetrics whole_distributions(TextMetrics metrics);

}  // namespace tocsin::collector
