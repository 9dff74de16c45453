// The keys of one entry of `snmp`, for the documents.
#include "collector/net/snmp/config/config.h"

namespace tocsin::collector {

std::vector<SettingSpec> snmp_settings() {
    return {{"job", "text", "snmp", "Label of the series of these devices."},
            {"targets", "list", "",
             "Devices: host, host:port or [address]:port; the port is 161 where none stands. "
             "Required."},
            {"modules", "list", "[if_mib, system]",
             "What is asked: if_mib, system, host_resources, entity_sensor, ucd, or a module of "
             "module_files."},
            {"module_files", "list of paths", "[/etc/tocsin/snmp.d/*.yml]",
             "Files with more modules, in the form of snmp_exporter's snmp.yml; one of a shipped "
             "name replaces it."},
            {"version", "2c or 3", "2c", "Of the protocol."},
            {"community", "text", "public", "With version 2c."},
            {"community_file", "file", "",
             "Holds the community where it is a secret; refused when others can read it."},
            {"auth.user", "text", "", "With version 3: who asks. Required there."},
            {"auth.level", "noAuthNoPriv, authNoPriv or authPriv", "",
             "Checked against auth.auth and auth.priv, which make it."},
            {"auth.auth.protocol", "MD5, SHA, SHA-224, SHA-256, SHA-384 or SHA-512", "SHA",
             "How messages are signed."},
            {"auth.auth.password_file", "file", "", "Refused when others can read it."},
            {"auth.priv.protocol", "DES, AES, AES-192, AES-256, AES-192-C or AES-256-C", "AES",
             "How messages are encrypted; -C with keys lengthened as Cisco does it."},
            {"auth.priv.password_file", "file", "", "Refused when others can read it."},
            {"context", "text", "", "With version 3: the context's name."},
            {"every", "duration", "1m", "How often a device is asked."},
            {"timeout", "duration", "20s", "How long all of its answers may take."},
            {"request_timeout", "duration", "2s", "How long one request waits for its answer."},
            {"retries", "number", "3", "How often a request without an answer is repeated."},
            {"max_repetitions", "number", "25",
             "Rows of a table in one answer; less for devices that cannot answer with so many."},
            {"keep_indexes", "bool", "false",
             "Whether numbers that modules drop in favour of names (ifIndex) stay labels."}};
}

}  // namespace tocsin::collector
