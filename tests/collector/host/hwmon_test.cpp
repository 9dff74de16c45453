#include "collector/host/hwmon.h"

#include <filesystem>

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

// As sysfs lays it out: class/hwmon/<name> is a link to the chip below its device.
void add_link(const FixtureTree& tree, const std::string& target, const std::string& link) {
    std::filesystem::create_directories(std::filesystem::path(tree.at(link)).parent_path());
    std::filesystem::create_symlink(target, tree.at(link));
}
void add_chip(const FixtureTree& tree, const std::string& device, const std::string& hwmon) {
    tree.make_directory("sys/devices/" + device + "/hwmon/" + hwmon);
    add_link(tree, "../../../" + device.substr(device.rfind('/') + 1),
             "sys/devices/" + device + "/hwmon/" + hwmon + "/device");
    add_link(tree, "../../devices/" + device + "/hwmon/" + hwmon, "sys/class/hwmon/" + hwmon);
}
std::string series(std::string_view name, std::string_view chip, std::string_view sensor) {
    return "node_hwmon_" + std::string(name) + "{chip=\"" + std::string(chip) + "\", sensor=\"" +
           std::string(sensor) + "\"}";
}
std::string chip_name(std::string_view chip, std::string_view name) {
    return "node_hwmon_chip_names{chip=\"" + std::string(chip) + "\", chip_name=\"" +
           std::string(name) + "\"}";
}

}  // namespace

// Documentation/hwmon/sysfs-interface.rst: millidegrees, millivolts, milliamperes, microwatts,
// microjoules, milli-percent taken as node_exporter takes them, revolutions a minute.
TEST_CASE("each kind of sensor is reported in its base unit") {
    const FixtureTree tree;
    add_chip(tree, "platform/nct6775.656", "hwmon1");
    const std::string chip = "sys/class/hwmon/hwmon1/";
    for (const auto& [file, text] : std::initializer_list<std::pair<const char*, const char*>>{
             {"name", "nct6779\n"},
             {"temp1_input", "-5500\n"},
             {"temp1_crit_alarm", "0\n"},
             {"temp1_type", "4\n"},
             {"in0_input", "736\n"},
             {"in0_beep", "1\n"},
             {"curr1_input", "2500\n"},
             {"power1_average", "1500000\n"},
             {"power1_accuracy", "950000\n"},
             {"power1_average_interval", "1000\n"},
             {"energy1_input", "1234567\n"},
             {"humidity1_input", "450\n"},
             {"fan1_input", "1098\n"},
             {"fan1_alarm", "1\n"},
             {"fan1_pulses", "2\n"},
             {"pwm1", "155\n"},
             {"pwm1_enable", "5\n"},
             {"intrusion0_alarm", "1\n"},
             {"beep_enable", "1\n"},
             {"update_interval", "1500\n"},
             {"vrm", "90\n"},
             {"uevent", "\n"}}) {
        tree.write(chip + file, text);
    }
    Collecting hwmon(create_hwmon, tree);
    const std::string name = "platform_nct6775_656";
    REQUIRE(hwmon.collect() ==
            Values{{chip_name(name, "nct6779"), 1},
                   {series("temp_celsius", name, "temp1"), -5.5},
                   {series("temp_crit_alarm_celsius", name, "temp1"), 0},
                   {series("temp_type", name, "temp1"), 4},
                   {series("in_volts", name, "in0"), 0.736},
                   {series("in_beep_enabled", name, "in0"), 1},
                   {series("curr_amps", name, "curr1"), 2.5},
                   {series("power_average_watt", name, "power1"), 1.5},
                   {series("power_accuracy", name, "power1"), 0.95},
                   {series("power_average_interval_seconds", name, "power1"), 1},
                   {series("energy_joule_total", name, "energy1"), 1.234567},
                   {series("humidity", name, "humidity1"), 0.00045},
                   {series("fan_rpm", name, "fan1"), 1098},
                   {series("fan_alarm", name, "fan1"), 1},
                   {series("fan_pulses", name, "fan1"), 2},
                   {series("pwm", name, "pwm1"), 155},
                   {series("pwm_enable", name, "pwm1"), 5},
                   {series("intrusion_alarm", name, "intrusion0"), 1},
                   {series("beep_enabled", name, "beep_enable0"), 1},
                   {series("update_interval_seconds", name, "update_interval0"), 1.5},
                   {series("voltage_regulator_version", name, "vrm0"), 90}});
}

TEST_CASE("a chip is named after its device, else by its name, else by its number") {
    const FixtureTree tree;
    add_chip(tree, "pci0000:00/0000:00:18.3", "hwmon0");
    tree.write("sys/class/hwmon/hwmon0/temp1_input", "1000\n");
    tree.write("sys/devices/virtual/hwmon1/name", "ACPI tz\n");
    tree.write("sys/devices/virtual/hwmon1/temp1_input", "2000\n");
    add_link(tree, "../../devices/virtual/hwmon1", "sys/class/hwmon/hwmon1");
    tree.write("sys/class/hwmon/hwmon2/temp1_input", "3000\n");
    Collecting hwmon(create_hwmon, tree);
    REQUIRE(hwmon.collect() ==
            Values{{series("temp_celsius", "pci0000:00_0000:00:18_3", "temp1"), 1},
                   {chip_name("acpi_tz", "acpi_tz"), 1},
                   {series("temp_celsius", "acpi_tz", "temp1"), 2},
                   {series("temp_celsius", "hwmon2", "temp1"), 3}});
}

TEST_CASE("labels are told as they are written, and older drivers' files found at the device") {
    const FixtureTree tree;
    add_chip(tree, "i2c-1/1-0048", "hwmon0");
    tree.write("sys/class/hwmon/hwmon0/temp1_label", "Package id 0\n");
    tree.write("sys/class/hwmon/hwmon0/temp2_label", " -\n");
    tree.write("sys/devices/i2c-1/1-0048/temp1_input", "44000\n");
    tree.make_directory("sys/devices/i2c-1/1-0048/power");
    Collecting hwmon(create_hwmon, tree);
    REQUIRE(hwmon.collect() ==
            Values{{"node_hwmon_sensor_label{chip=\"i2c_1_1_0048\", label=\"Package id 0\", "
                    "sensor=\"temp1\"}",
                    1},
                   {series("temp_celsius", "i2c_1_1_0048", "temp1"), 44}});
}

TEST_CASE("a chip that took the number of another is another chip, and sensors may come later") {
    const FixtureTree tree;
    add_chip(tree, "usb/1-1", "hwmon0");
    tree.write("sys/class/hwmon/hwmon0/temp1_input", "1000\n");
    Collecting hwmon(create_hwmon, tree);
    REQUIRE(hwmon.collect() == Values{{series("temp_celsius", "usb_1_1", "temp1"), 1}});
    tree.write("sys/class/hwmon/hwmon0/fan1_input", "900\n");
    REQUIRE(hwmon.collect().at(series("fan_rpm", "usb_1_1", "fan1")) == 900);
    tree.remove("sys/class/hwmon/hwmon0");
    tree.remove("sys/devices/usb");
    REQUIRE(hwmon.collect().empty());
    add_chip(tree, "usb/1-2", "hwmon0");
    tree.write("sys/class/hwmon/hwmon0/temp1_input", "5000\n");
    REQUIRE(hwmon.collect() == Values{{series("temp_celsius", "usb_1_2", "temp1"), 5}});
}

TEST_CASE("a sensor that does not answer with a number is left out and is no error") {
    const FixtureTree tree{{"sys/class/hwmon/hwmon0/temp1_input", "junk\n"},
                           {"sys/class/hwmon/hwmon0/temp2_input", ""},
                           {"sys/class/hwmon/hwmon0/temp3_input", "N/A\n"},
                           {"sys/class/hwmon/hwmon0/temp4_input", "9223372036854775807\n"}};
    tree.make_directory("sys/class/hwmon/hwmon0/temp5_input");
    Collecting hwmon(create_hwmon, tree);
    REQUIRE(hwmon.collect() ==
            Values{{series("temp_celsius", "hwmon0", "temp4"), 9223372036854775807.0 * 0.001}});
}

TEST_CASE("two chips of one name, and two properties of one cleaned name, are reported once") {
    const FixtureTree tree{{"sys/class/hwmon/hwmon0/name", "same\n"},
                           {"sys/class/hwmon/hwmon0/temp1_a.b", "1000\n"},
                           {"sys/class/hwmon/hwmon0/temp1_a_b", "2000\n"},
                           {"sys/class/hwmon/hwmon1/name", "same\n"},
                           {"sys/class/hwmon/hwmon1/temp1_a_b", "3000\n"},
                           {"sys/class/hwmon/hwmon1/temp2_input", "4000\n"}};
    Collecting hwmon(create_hwmon, tree);
    REQUIRE(hwmon.collect() == Values{{chip_name("same", "same"), 1},
                                      {series("temp_a_b_celsius", "same", "temp1"), 1},
                                      {series("temp_celsius", "same", "temp2"), 4}});
}

TEST_CASE("a host without sensors reports none and does not fail") {
    const FixtureTree tree;
    REQUIRE(Collecting(create_hwmon, tree).collect().empty());
    tree.write("sys/class/hwmon/README", "no chip\n");
    REQUIRE(Collecting(create_hwmon, tree).collect().empty());
}

TEST_CASE("files are taken apart into type, number and property") {
    const auto text = [](std::string_view name) {
        const auto file = parse_sensor_file(name);
        return file ? std::string(file->type) + "|" + std::to_string(file->number) + "|" +
                          std::string(file->property)
                    : std::string("none");
    };
    REQUIRE(text("temp1_input") == "temp|1|input");
    REQUIRE(text("temp012_crit_alarm") == "temp|12|crit_alarm");
    REQUIRE(text("pwm1") == "pwm|1|");
    REQUIRE(text("pwm1_auto_point1_temp") == "pwm|1|auto_point1_temp");
    REQUIRE(text("beep_enable") == "beep_enable|0|");
    REQUIRE(text("in_voltage0-voltage1_raw") == "in|0|voltage0-voltage1_raw");
    for (const std::string_view name :
         {"", "1", "_", "name", "uevent", "temp1_", "temp1x", "temperature1_input", "fan_div",
          "temp99999999999999999999_input", "vrm0_input", "power_state", "in_", "1temp"}) {
        INFO(name);
        REQUIRE(text(name) == "none");
    }
}

TEST_CASE("names are cleaned") {
    REQUIRE(clean_name("Core 0\n") == "core_0");
    REQUIRE(clean_name("__a.B:c__") == "a_b:c");
    REQUIRE(clean_name("\xc2\xb0 C") == "c");
    REQUIRE(clean_name("a\xc2\xb0z") == "a_z");
    REQUIRE(clean_name("...").empty());
}

TEST_CASE("help and units follow the property") {
    const auto input = sensor_metric("pwm", "input", PlainFile::kPresent);
    REQUIRE(input.name == "node_hwmon_pwm_input");
    REQUIRE(input.help == "Hardware monitor pwm element input");
    REQUIRE(sensor_metric("temp", "", PlainFile::kPresent).help ==
            "Hardware monitor for temperature (input)");
    REQUIRE(sensor_metric("fan", "fault", PlainFile::kAbsent).help ==
            "Hardware sensor fault status (fan)");
    REQUIRE(sensor_metric("fan", "div", PlainFile::kAbsent).name == "node_hwmon_fan_div");
    REQUIRE(sensor_metric("energy", "input", PlainFile::kAbsent).type == MetricType::kCounter);
    REQUIRE(sensor_metric("power", "cap_hyst", PlainFile::kAbsent).name ==
            "node_hwmon_power_cap_hyst_watt");
}
