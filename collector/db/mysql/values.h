// What MySQL's and MariaDB's texts mean. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tocsin::collector {

// A variable's value as mysqld_exporter reads it: a number, a word that means one ("ON", "No",
// "Primary"), a date of theirs as seconds since 1970; nothing for any other text.
std::optional<double> mysql_value(std::string_view text);

// A BIT column comes as its bytes, the highest first: the number in decimal, or the bytes where
// they are more than the 64 bits that such a column may have.
std::string mysql_bits(std::string_view bytes);

struct MysqlVersion {
    bool mariadb = false;
    int major = 0;
    int minor = 0;

    bool at_least(int of_major, int of_minor) const {
        return major > of_major || (major == of_major && minor >= of_minor);
    }
};
// "10.11.19-MariaDB-0+deb12u1", "8.0.36", and "5.5.5-10.5.1-MariaDB", as it is told to replicas.
MysqlVersion parse_mysql_version(std::string_view text);

}  // namespace tocsin::collector
