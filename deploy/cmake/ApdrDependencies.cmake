# Third-party libraries, all from Debian packages. Protobuf comes before gRPC, whose config expects its targets.
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(rdkafka REQUIRED IMPORTED_TARGET rdkafka)
pkg_check_modules(libcurl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
# Takes the place of malloc in the executables that link it (docs/adr/0007-jemalloc.md).
pkg_check_modules(jemalloc REQUIRED IMPORTED_TARGET jemalloc)
# CRC-32C by the processor's own instruction; Debian's RocksDB has it in software.
pkg_check_modules(isal REQUIRED IMPORTED_TARGET libisal)
# Templates of documents: headers alone.
find_path(APDR_MUSTACHE_INCLUDE kainjow/mustache.hpp REQUIRED)
find_package(GTest CONFIG REQUIRED)
