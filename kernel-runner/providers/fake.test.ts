import { FakeProvider } from './fake.ts'
import { providerContract } from './provider.contract.ts'

providerContract('fake', () => new FakeProvider())
