#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdint.h>

/* Packs a message in front of `end`, back to front, so that every length is known when
 * it is written: one pass, where libprotobuf-c measures first and then moves what it
 * has packed. The bytes are those of protobuf_c_message_pack.
 *
 * Gives where they begin; NULL when they do not fit behind `begin`, or when a field is of
 * a kind that no contract here uses (sint, fixed, float): then libprotobuf-c packs. */
uint8_t *protobuf_pack_before(const ProtobufCMessage *message, uint8_t *begin, uint8_t *end);
