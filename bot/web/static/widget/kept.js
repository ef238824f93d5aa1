/**
 * Something kept on the patient's own device, sealed, and only where they chose to be remembered on it: the module they
 * read (`module`) or what is not sent yet (`unsent`). The key never leaves the browser and cannot be read out of it;
 * both go when somebody signs out. Where a browser refuses, nothing is kept and nothing is said.
 */
export class Kept {
  constructor(session, what) {
    this.name = `${session.key} ${what}`;
    this.opened = null;
  }

  async put(id, value) {
    try {
      const { db, key } = await this.open();
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const plain = new TextEncoder().encode(JSON.stringify(value));
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain);
      const at = Date.now();
      await done(db.transaction("kept", "readwrite").objectStore("kept").put({ id, iv, sealed, at }));
    } catch (refused) {
      this.opened = null;
    }
  }

  /** `[id, value]` of each, the oldest first. */
  async all() {
    try {
      const { db, key } = await this.open();
      const rows = await done(db.transaction("kept").objectStore("kept").getAll());
      rows.sort((one, other) => one.at - other.at);
      return await Promise.all(rows.map(async ({ id, iv, sealed }) => [id, await opened(key, iv, sealed)]));
    } catch (refused) {
      this.opened = null;
      return [];
    }
  }

  async drop(id) {
    try {
      const { db } = await this.open();
      await done(db.transaction("kept", "readwrite").objectStore("kept").delete(id));
    } catch (refused) {
      this.opened = null;
    }
  }

  open() {
    if (!this.opened) this.opened = this.begin();
    return this.opened;
  }

  async begin() {
    const asked = indexedDB.open(this.name, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("kept", { keyPath: "id" });
      asked.result.createObjectStore("key");
    };
    const db = await done(asked);
    db.onversionchange = () => {
      db.close();
      this.opened = null;
    };
    const held = await done(db.transaction("key").objectStore("key").get(1));
    if (held) return { db, key: held };
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // Another tab may have been quicker: there is one key.
    await done(db.transaction("key", "readwrite").objectStore("key").add(key, 1)).catch(() => null);
    return { db, key: await done(db.transaction("key").objectStore("key").get(1)) };
  }
}

async function opened(key, iv, sealed) {
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);
  return JSON.parse(new TextDecoder().decode(plain));
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}
