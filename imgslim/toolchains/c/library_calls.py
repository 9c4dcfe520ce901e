"""Functions of libraries that open what their caller names: of all those that planner/libraries calls calm."""

from __future__ import annotations

#: As in calls.py: a kind of need, the argument, the functions.
TABLE = """
file: gzopen gzopen64 BZ2_bzopen sqlite3_open sqlite3_open_v2 sqlite3_open16 xmlReadFile xmlParseFile
  xmlReaderForFile xmlLoadCatalog xmlSchemaNewParserCtxt xmlRelaxNGNewParserCtxt xmlNewTextReaderFilename
  htmlReadFile htmlParseFile json_load_file json_object_from_file TIFFOpen DGifOpenFileName ini_parse
  fftw_import_wisdom_from_filename zip_open BIO_new_file CONF_modules_load_file RAND_load_file SSL_load_client_CA_file
  OSSL_STORE_open CTLOG_STORE_load_file gnutls_load_file mapped_file_source file_mapping
file@1: xmlCtxtReadFile htmlCtxtReadFile xmlSAXUserParseFile FT_New_Face FT_Attach_File config_read_file
  png_image_begin_read_from_file SSL_CTX_use_certificate_file SSL_CTX_use_certificate_chain_file
  SSL_CTX_use_PrivateKey_file SSL_CTX_use_RSAPrivateKey_file SSL_use_certificate_file SSL_use_certificate_chain_file
  SSL_use_PrivateKey_file SSL_add_file_cert_subjects_to_stack SSL_add_dir_cert_subjects_to_stack
  X509_load_crl_file BIO_read_filename NCONF_load CONF_load
  mbedtls_pk_parse_keyfile mbedtls_x509_crl_parse_file mbedtls_dhm_parse_dhmfile
  gnutls_certificate_set_x509_key_file gnutls_certificate_set_x509_key_file2 gnutls_certificate_set_x509_crl_file
  leveldb_open rocksdb_open mdb_env_open
file@2: uv_fs_open uv_fs_scandir uv_fs_opendir uv_fs_event_start gnutls_certificate_set_x509_key_file
  mbedtls_pk_parse_public_keyfile
make: BIO_write_filename EGifOpenFileName json_dump_file json_object_to_file xmlSaveFile xmlSaveFormatFile
make@1: uv_pipe_bind
make@2: uv_fs_mkdir uv_pipe_connect
"""

#: A kind of need, the argument and how the library's headers start, then members and functions of a namespace.
METHODS_TABLE = """
file@0 pugixml: load_file
file@0 tinyxml2: LoadFile
file@0 yaml-cpp/: LoadFile LoadAllFromFile
file@0 libconfig: readFile
file@0 INIReader: INIReader
file@0 toml: parse_file
file@0 boost/property_tree/: read_json read_xml read_ini read_info
file@0 boost/program_options: parse_config_file
file@1 leveldb/: Open
make@0 fmt/: output_file
make@0 spdlog/: basic_file_sink_mt basic_file_sink_st rotating_file_sink_mt rotating_file_sink_st daily_file_sink_mt
  daily_file_sink_st
make@1 spdlog/: basic_logger_mt basic_logger_st rotating_logger_mt rotating_logger_st daily_logger_mt daily_logger_st
file@0 boost/asio: use_certificate_chain_file use_certificate_file use_private_key_file use_rsa_private_key_file
  use_tmp_dh_file
file@0 asio: use_certificate_chain_file use_certificate_file use_private_key_file use_rsa_private_key_file
  use_tmp_dh_file
certificates@0 boost/asio: load_verify_file
certificates@0 asio: load_verify_file
certificates@- boost/asio: set_default_verify_paths
certificates@- asio: set_default_verify_paths
folder@0 boost/asio: add_verify_path
folder@0 asio: add_verify_path
plugin@0 boost/dll: shared_library import import_symbol import_alias
command@0 boost/process: child spawn system
"""
