#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "cli/run.h"

int main(int argc, char** argv) {
    try {
        return tocsin::cli::run(std::vector<std::string>(argv + 1, argv + argc), std::cin,
                                std::cout, std::cerr);
    } catch (const std::exception& e) {
        std::cerr << "tocsin: internal error: " << e.what() << "\n";
        return 3;
    }
}
