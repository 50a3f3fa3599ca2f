// What this phone keeps, in IndexedDB: it survives a reload, a crash and an empty battery.
//
// "kept": few things by name (the doors, the chosen one, the camera's switch). "rosters": one by door.
// "scans": every scan by its nonce; those that carry `waiting` are still to be sent.

const NAME = "seatwise-door";
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("kept");
      request.result.createObjectStore("rosters", { keyPath: "door" });
      request.result.createObjectStore("scans", { keyPath: "nonce" }).createIndex("waiting", "waiting");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function write(store, change) {
  const database = await open();
  // Strict: a scan that the page has answered is on the disk, not in the memory of a phone whose battery is low.
  const transaction = database.transaction(store, "readwrite", { durability: "strict" });
  change(transaction.objectStore(store));
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

async function read(store, ask) {
  return result(ask((await open()).transaction(store).objectStore(store)));
}

export const kept = {
  get: (name) => read("kept", (store) => store.get(name)),
  set: (name, value) => write("kept", (store) => store.put(value, name)),
};

export const rosters = {
  get: (door) => read("rosters", (store) => store.get(door)),
  put: (roster) => write("rosters", (store) => store.put(roster)),
  wipe: () => write("rosters", (store) => store.clear()),
};

export const scans = {
  all: () => read("scans", (store) => store.getAll()),
  waiting: (most) => read("scans", (store) => store.index("waiting").getAll(null, most)),
  put: (...changed) => write("scans", (store) => changed.forEach((scan) => store.put(scan))),
  drop: (nonces) => write("scans", (store) => nonces.forEach((nonce) => store.delete(nonce))),
};
