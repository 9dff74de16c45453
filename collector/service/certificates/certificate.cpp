#include "collector/service/certificates/certificate.h"

#include <arpa/inet.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <limits>
#include <memory>

#include "base/core/strings.h"

namespace tocsin::collector {
namespace {

constexpr std::size_t kMostCertificates = 1000;

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
void free_bytes(void* bytes) {
    CRYPTO_free(bytes, __FILE__, __LINE__);
}

using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;
template <class T>
using BytesPtr = std::unique_ptr<T, Freed<free_bytes>>;

std::string text_of(const ASN1_STRING* text) {
    unsigned char* bytes = nullptr;
    const int size = ASN1_STRING_to_UTF8(&bytes, text);
    const BytesPtr<unsigned char> owner(bytes);
    if (size < 0) return {};
    return valid_utf8({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)});
}

std::string_view raw(const ASN1_STRING* text) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

void append(std::string& list, std::string_view item) {
    if (list.empty()) list = ",";
    list.append(item).append(",");
}

std::vector<std::string> entries(const X509_NAME* name, int kind) {
    std::vector<std::string> found;
    for (int at = X509_NAME_get_index_by_NID(name, kind, -1); at >= 0;
         at = X509_NAME_get_index_by_NID(name, kind, at)) {
        found.push_back(text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at))));
    }
    return found;
}

std::string last_cn(const X509_NAME* name) {
    const auto all = entries(name, NID_commonName);
    return all.empty() ? std::string() : all.back();
}

std::string address(std::string_view bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = bytes.size() == 4 ? AF_INET : bytes.size() == 16 ? AF_INET6 : 0;
    if (family == 0 || inet_ntop(family, bytes.data(), text.data(), text.size()) == nullptr) {
        return {};
    }
    return text.data();
}

void read_names(const X509* certificate, Certificate& out) {
    const NamesPtr names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_DNS) append(out.dns_names, valid_utf8(raw(name->d.dNSName)));
        if (name->type == GEN_EMAIL) append(out.emails, valid_utf8(raw(name->d.rfc822Name)));
        if (name->type == GEN_IPADD) append(out.ips, address(raw(name->d.iPAddress)));
    }
}

Result<Timestamp> time_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) {
        return Error(ErrorCode::kInvalid, "a date of the certificate does not read");
    }
    using namespace std::chrono;
    const year_month_day day{year{parts.tm_year + 1900} / (parts.tm_mon + 1) / parts.tm_mday};
    return Timestamp{sys_days{day}} + hours{parts.tm_hour} + minutes{parts.tm_min} +
           seconds{parts.tm_sec};
}

std::string serial_of(const X509* certificate) {
    const NumberPtr number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
    if (!number) return {};
    const BytesPtr<char> text(BN_bn2dec(number.get()));
    return text ? std::string(text.get()) : std::string();
}

Result<Certificate> describe(const X509* certificate) {
    Certificate out;
    TOCSIN_TRY(out.not_before, time_of(X509_get0_notBefore(certificate)));
    TOCSIN_TRY(out.not_after, time_of(X509_get0_notAfter(certificate)));
    out.serial = serial_of(certificate);
    out.issuer_cn = last_cn(X509_get_issuer_name(certificate));
    out.cn = last_cn(X509_get_subject_name(certificate));
    for (const std::string& unit :
         entries(X509_get_subject_name(certificate), NID_organizationalUnitName)) {
        append(out.units, unit);
    }
    read_names(certificate, out);
    return out;
}

// The next PEM block of a file.
struct Block {
    BytesPtr<char> name{};
    BytesPtr<char> header{};
    BytesPtr<unsigned char> bytes{};
    long size = 0;

    std::string_view view() const {
        return {reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size)};
    }
};

// False at the end, and where a block does not read; `trouble` then says so.
bool next_block(BIO* file, Block& block, std::string& trouble) {
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* bytes = nullptr;
    ERR_clear_error();
    const bool good = PEM_read_bio(file, &name, &header, &bytes, &block.size) == 1;
    block.name.reset(name);
    block.header.reset(header);
    block.bytes.reset(bytes);
    if (!good && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
        trouble = "a PEM block does not read";
    }
    ERR_clear_error();
    return good;
}

// Those of `openssl x509 -trustout`, and what it wrote long ago, are certificates too; what is
// trusted follows one and is not read.
bool is_certificate(std::string_view name) {
    return name == PEM_STRING_X509 || name == PEM_STRING_X509_TRUSTED ||
           name == PEM_STRING_X509_OLD;
}

}  // namespace

Result<Certificate> read_certificate(std::string_view der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    if (der.empty() || der.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        return Error(ErrorCode::kInvalid, "no certificate");
    }
    const X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    ERR_clear_error();
    if (!certificate) return Error(ErrorCode::kInvalid, "a certificate does not read");
    return describe(certificate.get());
}

CertificateFile read_certificate_file(std::string_view bytes) {
    CertificateFile out;
    if (bytes.find("-----BEGIN") == std::string_view::npos) {
        auto one = read_certificate(bytes);
        if (one) {
            out.certificates.push_back(std::move(one).value());
        } else {
            out.trouble = "holds no certificate, neither PEM nor DER";
        }
        return out;
    }
    const BioPtr file(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
    Block block;
    std::size_t number = 0;
    while (next_block(file.get(), block, out.trouble)) {
        if (!is_certificate(block.name.get())) continue;
        ++number;
        auto one = read_certificate(block.view());
        if (!one) {
            out.trouble = "certificate " + std::to_string(number) + ": " + one.error().message;
            continue;
        }
        if (out.certificates.size() >= kMostCertificates) {
            out.trouble = "has more than " + std::to_string(kMostCertificates) + " certificates";
            break;
        }
        const auto& all = out.certificates;
        if (std::find(all.begin(), all.end(), one.value()) == all.end()) {
            out.certificates.push_back(std::move(one).value());
        }
    }
    if (number == 0 && out.trouble.empty()) out.trouble = "holds no certificate";
    return out;
}

}  // namespace tocsin::collector
