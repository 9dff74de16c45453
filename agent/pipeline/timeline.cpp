#include "agent/pipeline/timeline.h"

#include <algorithm>

namespace tocsin::agent {

Timeline::Moment Timeline::next(Timestamp wall, Duration boottime) {
    Moment moment{wall, Duration{0}};
    if (last_) {
        const auto expected = last_->wall + (boottime - last_->boottime);
        const auto off = wall - expected;
        if (off >= kStep || off <= -kStep) {
            moment.stepped = off;
        } else {
            moment.at = std::max(wall, last_->at + Duration{1});
        }
    }
    last_ = Last{wall, boottime, moment.at};
    return moment;
}

}  // namespace tocsin::agent
