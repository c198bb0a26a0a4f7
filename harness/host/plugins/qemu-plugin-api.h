/* SPDX-License-Identifier: MIT */
/*
 * What executed-blocks.c uses of QEMU's interface for TCG plugins (docs/devel/tcg-plugins.rst), declared here because
 * Debian packages no qemu-plugin.h. It is the same in API 1 (QEMU 6.0 to 8.2) and API 2 (accepted from 9.0 on, which
 * refuses plugins of API 1).
 */
#ifndef QEMU_PLUGIN_API_H
#define QEMU_PLUGIN_API_H

#include <stddef.h>
#include <stdint.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

typedef void (*qemu_plugin_vcpu_tb_trans_cb_t)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*qemu_plugin_vcpu_udata_cb_t)(unsigned int vcpu, void *userdata);

enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };

/* Called for each block that is translated, before it runs. */
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, qemu_plugin_vcpu_tb_trans_cb_t cb);
/* Calls back each time that the block is entered. */
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, qemu_plugin_vcpu_udata_cb_t cb,
					  enum qemu_plugin_cb_flags flags, void *userdata);
/* API 2 has it no more: null then. Declared only to tell which one this QEMU has. */
__attribute__((weak)) void qemu_plugin_register_vcpu_tb_exec_inline(void);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

#endif
